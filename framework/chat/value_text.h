// Values as text: as a template prints them, and as JSON.
#pragma once

#include <optional>
#include <string>

#include "framework/chat/value.h"

namespace tessera::chat {

/// str(): what `{{ value }}` prints.
void print_value(const Value& value, GrowingText& out);
std::string printed(const Value& value, Allowance& allowance);
/// repr() of a float.
std::string float_text(double number);

/// How json.dumps() writes.
struct JsonStyle {
  bool ascii = false;                 // ensure_ascii
  std::optional<std::string> indent;  // of one level
  std::string between, after_key = ": ";
  bool sorted = false;  // sort_keys
};
void write_json(const Value& value, const JsonStyle& style, GrowingText& out);

}  // namespace tessera::chat
