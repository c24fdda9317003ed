// Filters: what stands after `|`.
#pragma once

#include <string_view>

#include "framework/chat/arguments.h"
#include "framework/chat/value.h"

namespace tessera::chat {

bool is_filter_name(std::string_view name);
Value apply_filter(std::string_view name, const Value& value, const Arguments& arguments,
                   Allowance& allowance);

/// A filter's row in a table.
struct FilterRow {
  std::string_view name;
  Value (*apply)(const Value& value, const Arguments& arguments, Allowance& allowance);
};
/// Filters of texts and numbers, and those of lists.
const FilterRow* plain_filter(std::string_view name);
const FilterRow* list_filter(std::string_view name);

}  // namespace tessera::chat
