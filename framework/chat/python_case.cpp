#include <algorithm>
#include <array>

#include "framework/chat/character_tables.h"
#include "framework/chat/python_text.h"
#include "framework/core/error.h"

namespace tessera::chat {
namespace {

/// What `ranges` and `longer` make of a character; nothing where they do not list it.
std::optional<std::string> listed(char32_t c, const std::vector<CaseRange>& ranges,
                                  const std::vector<LongCase>& longer) {
  const auto range = std::lower_bound(ranges.begin(), ranges.end(), c,
                                      [](const CaseRange& r, char32_t x) { return r.last < x; });
  if (range != ranges.end() && range->first <= c && (c - range->first) % range->step == 0) {
    std::string changed;
    append_character(changed, static_cast<char32_t>(static_cast<int32_t>(c) + range->delta));
    return changed;
  }
  const auto text = std::lower_bound(longer.begin(), longer.end(), c,
                                     [](const LongCase& l, char32_t x) { return l.character < x; });
  if (text != longer.end() && text->character == c) return text->text;
  return std::nullopt;
}

std::string itself(char32_t c) {
  std::string text;
  append_character(text, c);
  return text;
}

std::string upper(char32_t c) {
  if (c < 0x80) return itself(c >= 'a' && c <= 'z' ? c - 32 : c);
  return listed(c, kUpper, kLongUpper).value_or(itself(c));
}

std::string lower(char32_t c) {
  if (c < 0x80) return itself(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return listed(c, kLower, kLongLower).value_or(itself(c));
}

std::string title(char32_t c) {
  if (c >= 0x80)
    if (auto text = listed(c, kTitle, kLongTitle)) return *text;
  return upper(c);
}

bool is_cased(char32_t c) { return upper(c) != itself(c) || lower(c) != itself(c); }

/// Lower case of the character at `at`: a capital sigma that ends a word has a form of its own.
std::string lower_at(std::string_view text, size_t at) {
  const char32_t c = character_at(text, at);
  if (c != 0x3a3) return lower(c);
  size_t before = at;
  while (before > 0 && (text[--before] & 0xc0) == 0x80) {
  }
  const size_t after = at + character_bytes(text, at);
  const bool in_word = at > 0 && is_cased(character_at(text, before));
  const bool goes_on = after < text.size() && is_cased(character_at(text, after));
  return itself(in_word && !goes_on ? 0x3c2 : 0x3c3);
}

template <typename Change>
std::string changed(std::string_view text, Change change) {
  std::string result;
  result.reserve(text.size());
  for (size_t at = 0; at < text.size(); at += character_bytes(text, at)) result += change(at);
  return result;
}

/// Whether some character has a case, and all of them are their own `change`.
bool all_are(std::string_view text, std::string (*change)(char32_t)) {
  bool cased = false;
  for (size_t at = 0; at < text.size(); at += character_bytes(text, at)) {
    const char32_t c = character_at(text, at);
    if (!is_cased(c)) continue;
    cased = true;
    if (change(c) != itself(c)) return false;
  }
  return cased;
}

bool is_hidden(char32_t c) {
  if (c < 0x80) return c < 32 || c == 127;
  const auto range =
      std::lower_bound(kHidden.begin(), kHidden.end(), c,
                       [](const CharacterRange& r, char32_t x) { return r.last < x; });
  return range != kHidden.end() && range->first <= c;
}

}  // namespace

std::string upper_case(std::string_view text) {
  return changed(text, [&](size_t at) { return upper(character_at(text, at)); });
}

std::string lower_case(std::string_view text) {
  return changed(text, [&](size_t at) { return lower_at(text, at); });
}

std::string title_case(std::string_view text) {
  bool in_word = false;
  return changed(text, [&](size_t at) {
    const char32_t c = character_at(text, at);
    const bool continues = in_word;
    in_word = is_cased(c);
    return continues ? lower_at(text, at) : title(c);
  });
}

std::string capitalized(std::string_view text) {
  return changed(text, [&](size_t at) {
    return at == 0 ? title(character_at(text, at)) : lower_at(text, at);
  });
}

bool is_upper_case(std::string_view text) { return all_are(text, upper); }
bool is_lower_case(std::string_view text) { return all_are(text, lower); }

std::string python_quoted(std::string_view text) {
  const bool single = text.find('\'') != std::string_view::npos;
  const char quote = single && text.find('"') == std::string_view::npos ? '"' : '\'';
  std::string result(1, quote);
  for (size_t at = 0; at < text.size(); at += character_bytes(text, at)) {
    const char32_t c = character_at(text, at);
    if (c == static_cast<char32_t>(quote) || c == '\\') {
      result += '\\';
      result += static_cast<char>(c);
    } else if (c == '\n' || c == '\r' || c == '\t') {
      result += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
    } else if (is_hidden(c)) {
      result += c < 0x100     ? fmt::format("\\x{:02x}", uint32_t{c})
                : c < 0x10000 ? fmt::format("\\u{:04x}", uint32_t{c})
                              : fmt::format("\\U{:08x}", uint32_t{c});
    } else {
      result += text.substr(at, character_bytes(text, at));
    }
  }
  return result + quote;
}

}  // namespace tessera::chat
