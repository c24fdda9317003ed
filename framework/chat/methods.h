// Methods of texts, lists, dicts and loops.
#pragma once

#include <string_view>

#include "framework/chat/arguments.h"
#include "framework/chat/value.h"

namespace tessera::chat {

/// Whether a call of a method of this name can be meant: the others are refused when a template is
/// read.
bool is_method_name(std::string_view name);
/// The name in the table when values of `value`'s type have a method `name` in Python, else "".
std::string_view method_of(const Value& value, std::string_view name);
Value call_method(const Method& method, const Arguments& arguments, Allowance& allowance);

}  // namespace tessera::chat
