// value.name and value[key], as jinja2 looks them up: each falls back to the other.
#pragma once

#include <optional>
#include <string_view>

#include "framework/chat/value.h"

namespace tessera::chat {

/// value.name: a method, else a member; undefined where there is neither.
Value attribute_of(const Value& value, std::string_view name, Allowance& allowance);
/// value[key]: a member, else a method; undefined where there is neither.
Value item_of(const Value& value, const Value& key, Allowance& allowance);
/// value[start:stop:step]
Value slice_of(const Value& value, const Value& start, const Value& stop, const Value& step,
               Allowance& allowance);

}  // namespace tessera::chat
