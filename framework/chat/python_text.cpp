#include "framework/chat/python_text.h"

#include <algorithm>

#include "framework/core/error.h"

namespace tessera::chat {

size_t character_bytes(std::string_view text, size_t at) {
  const auto lead = static_cast<uint8_t>(text[at]);
  const size_t bytes = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return std::min(bytes, text.size() - at);
}

char32_t character_at(std::string_view text, size_t at) {
  const auto lead = static_cast<uint8_t>(text[at]);
  const size_t bytes = character_bytes(text, at);
  if (bytes == 1) return lead;
  char32_t character = lead & (0x7f >> bytes);
  for (size_t i = 1; i < bytes; ++i)
    character = (character << 6) | (static_cast<uint8_t>(text[at + i]) & 0x3f);
  return character;
}

void append_character(std::string& text, char32_t c) {
  const auto byte = [&](char32_t value) { text += static_cast<char>(value); };
  if (c < 0x80) return byte(c);
  if (c < 0x800) {
    byte(0xc0 | (c >> 6));
  } else {
    if (c < 0x10000) {
      byte(0xe0 | (c >> 12));
    } else {
      byte(0xf0 | (c >> 18));
      byte(0x80 | ((c >> 12) & 0x3f));
    }
    byte(0x80 | ((c >> 6) & 0x3f));
  }
  byte(0x80 | (c & 0x3f));
}

bool is_valid_utf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const auto lead = static_cast<uint8_t>(text[at]);
    const size_t bytes = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (at + bytes > text.size() || (lead >= 0x80 && lead < 0xc2) || lead > 0xf4) return false;
    for (size_t i = 1; i < bytes; ++i)
      if ((static_cast<uint8_t>(text[at + i]) & 0xc0) != 0x80) return false;
    const char32_t c = character_at(text, at);
    static constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    if (c < kLeast[bytes] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) return false;
    at += bytes;
  }
  return true;
}

size_t text_length(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::vector<size_t> slice_indexes(size_t length, std::optional<int64_t> start,
                                  std::optional<int64_t> stop, int64_t step) {
  require(step != 0, "the step of a slice is 0");
  const auto n = static_cast<int64_t>(length);
  const auto bound = [&](std::optional<int64_t> given, int64_t otherwise) {
    if (!given) return otherwise;
    const int64_t at = *given < 0 ? std::max(*given, -n - 1) + n : *given;
    return step > 0 ? std::clamp(at, int64_t{0}, n) : std::clamp(at, int64_t{-1}, n - 1);
  };
  const int64_t first = bound(start, step > 0 ? 0 : n - 1), end = bound(stop, step > 0 ? n : -1);
  std::vector<size_t> indexes;
  // A step beyond the length takes the first element alone, and does not overflow.
  const int64_t stride = std::clamp(step, -n - 1, n + 1);
  for (int64_t i = first; stride > 0 ? i < end : i > end; i += stride)
    indexes.push_back(static_cast<size_t>(i));
  return indexes;
}

std::string slice_text(std::string_view text, std::optional<int64_t> start,
                       std::optional<int64_t> stop, int64_t step) {
  std::vector<size_t> places;  // of the characters
  for (size_t at = 0; at < text.size(); at += character_bytes(text, at)) places.push_back(at);
  std::string part;
  for (const size_t i : slice_indexes(places.size(), start, stop, step))
    part += text.substr(places[i], character_bytes(text, places[i]));
  return part;
}

bool is_space(char32_t c) {
  return (c >= 9 && c <= 13) || (c >= 28 && c <= 32) || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
         c == 0x3000;
}

std::string_view strip(std::string_view text, Side side, const std::string* characters) {
  const auto taken = [&](std::string_view character) {
    return characters ? characters->find(character) != std::string::npos
                      : is_space(character_at(character, 0));
  };
  while (side != Side::right && !text.empty()) {
    const size_t bytes = character_bytes(text, 0);
    if (!taken(text.substr(0, bytes))) break;
    text.remove_prefix(bytes);
  }
  while (side != Side::left && !text.empty()) {
    size_t last = text.size() - 1;
    while (last > 0 && (text[last] & 0xc0) == 0x80) --last;
    if (!taken(text.substr(last))) break;
    text = text.substr(0, last);
  }
  return text;
}

namespace {

std::vector<std::string> split_at_spaces(std::string_view text, int64_t most, bool from_right) {
  std::vector<std::string> parts;
  const Side near = from_right ? Side::right : Side::left;
  for (text = strip(text, near); !text.empty(); text = strip(text, near)) {
    if (most >= 0 && static_cast<int64_t>(parts.size()) == most) {
      parts.emplace_back(strip(text, Side::both));
      break;
    }
    // The word at the near end, up to the next space.
    size_t begin = 0, end = text.size();
    if (from_right) {
      for (size_t at = text.size(); at > 0; at = begin) {
        size_t last = at - 1;
        while (last > 0 && (text[last] & 0xc0) == 0x80) --last;
        begin = at;
        if (is_space(character_at(text, last))) break;
        begin = last;
      }
      parts.emplace_back(text.substr(begin));
      text = text.substr(0, begin);
    } else {
      end = 0;
      while (end < text.size() && !is_space(character_at(text, end)))
        end += character_bytes(text, end);
      parts.emplace_back(text.substr(0, end));
      text.remove_prefix(end);
    }
  }
  if (from_right) std::reverse(parts.begin(), parts.end());
  return parts;
}

}  // namespace

std::vector<std::string> split(std::string_view text, const std::string* separator, int64_t most,
                               bool from_right) {
  if (!separator) return split_at_spaces(text, most, from_right);
  require(!separator->empty(), "split: the separator is empty");
  std::vector<std::string> parts;
  while (most < 0 || static_cast<int64_t>(parts.size()) < most) {
    const size_t at = from_right ? text.rfind(*separator) : text.find(*separator);
    if (at == std::string_view::npos) break;
    const size_t after = at + separator->size();
    parts.emplace_back(from_right ? text.substr(after) : text.substr(0, at));
    text = from_right ? text.substr(0, at) : text.substr(after);
  }
  parts.emplace_back(text);
  if (from_right) std::reverse(parts.begin(), parts.end());
  return parts;
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  size_t begin = 0;
  for (size_t at = 0; at < text.size();) {
    const char32_t c = character_at(text, at);
    const size_t here = at;
    at += character_bytes(text, at);
    const bool ends =
        (c >= 10 && c <= 13) || (c >= 28 && c <= 30) || c == 0x85 || c == 0x2028 || c == 0x2029;
    if (!ends) continue;
    if (c == '\r' && at < text.size() && text[at] == '\n') ++at;
    lines.emplace_back(text.substr(begin, here - begin));
    begin = at;
  }
  if (begin < text.size()) lines.emplace_back(text.substr(begin));
  return lines;
}

}  // namespace tessera::chat
