// Python's two ways to put values into a text: "%s" % value and "{}".format(value).
#pragma once

#include <string_view>

#include "framework/chat/arguments.h"
#include "framework/chat/value.h"

namespace tessera::chat {

/// `values` is a tuple, a dict or one value.
Value percent_format(std::string_view format, const Value& values, Allowance& allowance);
/// Fields are {}, {0} or {name}; format specifications are refused.
Value brace_format(std::string_view format, const Arguments& values, Allowance& allowance);

}  // namespace tessera::chat
