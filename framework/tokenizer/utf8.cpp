#include "framework/tokenizer/utf8.h"

#include <algorithm>

namespace tessera {
namespace {

unsigned char byte_at(std::string_view text, size_t at) {
  return static_cast<unsigned char>(text[at]);
}

bool continues(std::string_view text, size_t at, unsigned char least = 0x80,
               unsigned char most = 0xbf) {
  return at < text.size() && byte_at(text, at) >= least && byte_at(text, at) <= most;
}

/// Bytes of a character by its first byte; 0 where none begins.
size_t length_of(unsigned char first) {
  if (first < 0x80) return 1;
  if (first < 0xc2) return 0;  // a continuation, or an overlong form
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 3;
  return first < 0xf5 ? 4 : 0;
}

/// The second byte's range, which keeps out overlong forms, surrogates and what lies beyond U+10FFFF.
bool second_fits(std::string_view text, size_t at, unsigned char first) {
  switch (first) {
    case 0xe0:
      return continues(text, at, 0xa0);
    case 0xed:
      return continues(text, at, 0x80, 0x9f);
    case 0xf0:
      return continues(text, at, 0x90);
    case 0xf4:
      return continues(text, at, 0x80, 0x8f);
    default:
      return continues(text, at);
  }
}

}  // namespace

CodePoint decode_multibyte(std::string_view text, size_t at) {
  const unsigned char first = byte_at(text, at);
  const size_t length = length_of(first);
  if (length < 2 || !second_fits(text, at + 1, first)) return {CodePoint::kInvalid, 1};
  char32_t value = first & (0x7fU >> length);
  for (size_t i = 1; i < length; ++i) {
    if (i > 1 && !continues(text, at + i)) return {CodePoint::kInvalid, i};
    value = value << 6 | (byte_at(text, at + i) & 0x3fU);
  }
  return {value, length};
}

void append_utf8(char32_t value, std::string& text) {
  const auto tail = [&](int shift) {
    text.push_back(static_cast<char>(0x80U | (value >> shift & 0x3fU)));
  };
  if (value < 0x80) {
    text.push_back(static_cast<char>(value));
  } else if (value < 0x800) {
    text.push_back(static_cast<char>(0xc0U | value >> 6));
    tail(0);
  } else if (value < 0x10000) {
    text.push_back(static_cast<char>(0xe0U | value >> 12));
    tail(6);
    tail(0);
  } else {
    text.push_back(static_cast<char>(0xf0U | value >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

std::string to_utf8(char32_t value) {
  std::string text;
  append_utf8(value, text);
  return text;
}

bool is_utf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    if (!point.valid()) return false;
    at += point.bytes;
  }
  return true;
}

std::string replace_invalid_utf8(std::string_view text) {
  std::string whole;
  whole.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    if (point.valid())
      whole.append(text.substr(at, point.bytes));
    else
      whole.append("\xef\xbf\xbd");
    at += point.bytes;
  }
  return whole;
}

size_t whole_characters(std::string_view text) {
  for (size_t back = 1; back <= std::min<size_t>(3, text.size()); ++back) {
    const size_t at = text.size() - back;
    const size_t length = length_of(byte_at(text, at));
    if (length == 0) continue;
    if (length <= back) break;
    const bool could_go_on = decode_utf8(text, at).bytes == back &&
                             (back == 1 || second_fits(text, at + 1, byte_at(text, at)));
    return could_go_on ? at : text.size();
  }
  return text.size();
}

}  // namespace tessera
