// Operators between values, as Python has them.
#pragma once

#include <string_view>

#include "framework/chat/value.h"

namespace tessera::chat {

bool equal(const Value& a, const Value& b, Allowance& allowance);
/// a < b; throws where Python has no order.
bool less(const Value& a, const Value& b, Allowance& allowance);
/// One of == != < > <= >= in, not in.
bool compare(std::string_view sign, const Value& a, const Value& b, Allowance& allowance);
bool contains(const Value& holder, const Value& value, Allowance& allowance);
/// One of + - * / // % **.
Value operate(std::string_view sign, const Value& a, const Value& b, Allowance& allowance);
Value negated(const Value& value);
/// A number as a double; null when it is none.
const double* as_number(const Value& value, double& storage);

}  // namespace tessera::chat
