#include "framework/chat/string_literal.h"

#include "framework/chat/python_text.h"
#include "framework/core/error.h"

namespace tessera::chat {
namespace {

int digit_of(char c, int base) {
  const int value = c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' ? (c | 0x20) - 'a' + 10 : 99;
  return value < base ? value : -1;
}

/// The number of at most `most` digits at `at`, which moves past them; at least `least` are needed.
char32_t take_number(std::string_view body, size_t& at, int base, int least, int most) {
  char32_t number = 0;
  int digits = 0;
  for (; digits < most && at < body.size() && digit_of(body[at], base) >= 0; ++digits, ++at)
    number = number * static_cast<char32_t>(base) + static_cast<char32_t>(digit_of(body[at], base));
  require(digits >= least, "an escape in quotes has too few digits");
  return number;
}

}  // namespace

std::string string_value(std::string_view body) {
  std::string value;
  for (size_t at = 0; at < body.size();) {
    if (body[at] != '\\') {
      value += body[at++];
      continue;
    }
    require(at + 1 < body.size(), "a text in quotes ends with a backslash");
    static constexpr std::string_view kLetters = "\\'\"abfnrtv", kValues = "\\'\"\a\b\f\n\r\t\v";
    const char letter = body[at + 1];
    at += 2;
    if (const size_t plain = kLetters.find(letter); plain != std::string_view::npos) {
      value += kValues[plain];
    } else if (letter == '\n') {
      continue;  // the line goes on
    } else if (letter == 'x' || letter == 'u' || letter == 'U') {
      const int digits = letter == 'x' ? 2 : letter == 'u' ? 4 : 8;
      const char32_t c = take_number(body, at, 16, digits, digits);
      require(c <= 0x10ffff && (c < 0xd800 || c >= 0xe000), "U+{:X} is not a character",
              static_cast<uint32_t>(c));
      append_character(value, c);
    } else if (digit_of(letter, 8) >= 0) {
      --at;
      append_character(value, take_number(body, at, 8, 1, 3));
    } else {
      require(letter != 'N' && (letter & 0x80) == 0, "the escape \\{} is not supported",
              letter == 'N' ? "N{name}" : "before a character beyond ASCII");
      value += '\\';
      value += letter;
    }
  }
  return value;
}

}  // namespace tessera::chat
