// Names and texts of users as messages show them: cut where they are long.
#pragma once

#include <cstddef>
#include <string_view>

namespace tessera {

/// The beginning of a text, of at most `most` bytes; no character of UTF-8 is cut in two.
inline std::string_view shortened(std::string_view text, size_t most = 200) {
  if (text.size() <= most) return text;
  size_t end = most;
  // A character has at most three bytes behind its first; where there are more, it is no UTF-8.
  while (end > 0 && most - end < 3 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80)
    --end;
  if ((static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80) end = most;
  return text.substr(0, end);
}

}  // namespace tessera
