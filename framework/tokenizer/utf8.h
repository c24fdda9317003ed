// UTF-8 text that may be damaged. An invalid sequence counts by its maximal subparts, as the Unicode
// Standard (section 3.9, table 3-8) recommends for replacing it: the longest start of a character
// that could still have become valid, or one byte.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tessera {

struct CodePoint {
  static constexpr char32_t kInvalid = 0xffffffff;

  char32_t value = kInvalid;
  size_t bytes = 0;  // at least 1: those of the character, or of the maximal subpart

  bool valid() const { return value != kInvalid; }
};

/// The character of two or more bytes, or the invalid subpart, that begins at text[at].
CodePoint decode_multibyte(std::string_view text, size_t at);

/// The character, or the invalid subpart, that begins at text[at]; `at` lies inside the text.
inline CodePoint decode_utf8(std::string_view text, size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  return first < 0x80 ? CodePoint{first, 1} : decode_multibyte(text, at);
}

/// Appends a scalar value (not a surrogate, at most U+10FFFF).
void append_utf8(char32_t value, std::string& text);
std::string to_utf8(char32_t value);

bool is_utf8(std::string_view text);
/// The text with U+FFFD in place of every invalid subpart.
std::string replace_invalid_utf8(std::string_view text);
/// How many bytes of `text` are whole: all but an unfinished character at the end that further bytes
/// could complete.
size_t whole_characters(std::string_view text);

}  // namespace tessera
