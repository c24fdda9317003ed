#include "framework/config/value.h"

namespace tessera {
namespace {

// Bytes of the UTF-8 sequence at the start of `text`; 0 when it is malformed (overlong forms,
// surrogates and values above U+10FFFF included; Unicode 15, table 3-7).
size_t sequence_length(std::string_view text) {
  auto byte = [&](size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  auto tail = [&](size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80, high = first == 0xED ? 0x9F : 0xBF;
    return byte(1) >= low && byte(1) <= high && tail(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80, high = first == 0xF4 ? 0x8F : 0xBF;
    return byte(1) >= low && byte(1) <= high && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

bool is_control(unsigned char byte) { return byte < 0x20 || byte == 0x7F; }

}  // namespace

bool is_plain_text(std::string_view text, bool lines, size_t& where) {
  for (where = 0; where < text.size();) {
    const auto byte = static_cast<unsigned char>(text[where]);
    if (is_control(byte) && !(lines && (byte == '\t' || byte == '\n' || byte == '\r')))
      return false;
    const size_t length = sequence_length(text.substr(where));
    if (length == 0) return false;
    where += length;
  }
  return true;
}

std::string shown(std::string_view text) {
  constexpr size_t kLongest = 60;
  std::string out = "'";
  for (size_t i = 0; i < text.size();) {
    if (i >= kLongest) return out + "…'";
    const size_t length = sequence_length(text.substr(i));
    if (length == 0 || is_control(static_cast<unsigned char>(text[i]))) {
      out += '?';
      ++i;
    } else {
      out += text.substr(i, length);
      i += length;
    }
  }
  return out + "'";
}

}  // namespace tessera
