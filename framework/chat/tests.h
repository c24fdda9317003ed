// Tests: what stands after `is`.
#pragma once

#include <string_view>

#include "framework/chat/arguments.h"
#include "framework/chat/value.h"

namespace tessera::chat {

bool is_test_name(std::string_view name);
bool passes_test(std::string_view name, const Value& value, const Arguments& arguments,
                 Allowance& allowance);

}  // namespace tessera::chat
