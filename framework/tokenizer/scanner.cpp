#include "framework/tokenizer/scanner.h"

#include <array>
#include <cstdint>

#include "framework/tokenizer/unicode.h"
#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

/// What the expressions tell apart; an invalid byte is `other`.
enum class Kind : uint8_t { other, letter, number, space };

Kind kind_of(Category category) {
  if (category <= Category::lo) return Kind::letter;
  if (category >= Category::nd && category <= Category::no) return Kind::number;
  if (category >= Category::zs && category <= Category::zp) return Kind::space;
  return Kind::other;
}

constexpr std::array<Kind, 128> kAscii = [] {
  std::array<Kind, 128> kinds{};
  for (char c = 'a'; c <= 'z'; ++c) kinds[static_cast<size_t>(c)] = Kind::letter;
  for (char c = 'A'; c <= 'Z'; ++c) kinds[static_cast<size_t>(c)] = Kind::letter;
  for (char c = '0'; c <= '9'; ++c) kinds[static_cast<size_t>(c)] = Kind::number;
  for (char c = '\t'; c <= '\r'; ++c) kinds[static_cast<size_t>(c)] = Kind::space;
  kinds[' '] = Kind::space;
  return kinds;
}();

/// The classes of both dialects are the same but for \w, which none of the expressions names.
Kind kind_of(char32_t point) {
  return point == 0x85 ? Kind::space : kind_of(oniguruma::category(point));
}

struct Character {
  Kind kind = Kind::other;
  size_t end = 0;
};

/// A text seen as characters with their kinds.
struct View {
  std::string_view text;

  bool inside(size_t at) const { return at < text.size(); }
  char byte(size_t at) const { return inside(at) ? text[at] : '\0'; }

  Character at(size_t place) const {
    const auto byte = static_cast<unsigned char>(text[place]);
    if (byte < 0x80) [[likely]]
      return {kAscii[byte], place + 1};
    const CodePoint point = decode_multibyte(text, place);
    return {point.valid() ? kind_of(point.value) : Kind::other, place + point.bytes};
  }

  /// The end of the run of characters of that kind from `place` on.
  size_t run(Kind kind, size_t place) const {
    while (inside(place)) {
      const Character next = at(place);
      if (next.kind != kind) break;
      place = next.end;
    }
    return place;
  }

  size_t run_of_newlines(size_t place) const {
    while (byte(place) == '\n' || byte(place) == '\r') ++place;
    return place;
  }

  /// ` ?X+` for the kind X of what follows an optional space; `at` itself where that is white space.
  size_t spaced_run(size_t place, Kind& kind) const {
    size_t begin = place;
    Character first = at(place);
    if (text[place] == ' ' && inside(place + 1)) {
      begin = place + 1;
      first = at(begin);
    }
    kind = first.kind;
    return kind == Kind::space ? place : run(kind, first.end);
  }

  /// `\s+(?!\S)|\s+` at white space: all of a run but its last character, where text follows.
  size_t spaces(size_t place) const {
    size_t last = place, end = place;
    while (inside(end)) {
      const Character next = at(end);
      if (next.kind != Kind::space) break;
      last = end;
      end = next.end;
    }
    return inside(end) && last > place ? last : end;
  }

  /// `\p{N}{1,most}` whose first character ends at `end`.
  size_t numbers(size_t end, int most) const {
    for (int i = 1; i < most && inside(end); ++i) {
      const Character next = at(end);
      if (next.kind != Kind::number) break;
      end = next.end;
    }
    return end;
  }

  /// `\s*[\r\n]+|\s+(?!\S)|\s+` at white space; with `tail_is_one`, `\s+$` before them.
  size_t spaces_with_newlines(size_t place, bool tail_is_one) const {
    size_t after_newline = place, last = place, end = place;
    while (inside(end)) {
      const Character next = at(end);
      if (next.kind != Kind::space) break;
      last = end;
      if (text[end] == '\n' || text[end] == '\r') after_newline = next.end;
      end = next.end;
    }
    if (tail_is_one && !inside(end)) return end;
    if (after_newline > place) return after_newline;
    return inside(end) && last > place ? last : end;
  }
};

bool is_one_of(char byte, std::string_view bytes) { return bytes.find(byte) != bytes.npos; }

/// `'s|'t|'re|'ve|'m|'ll|'d` at an apostrophe: the end, or `at`.
size_t contraction(std::string_view text, size_t at) {
  const std::string_view rest = text.substr(at + 1, 2);
  if (rest.starts_with("re") || rest.starts_with("ve") || rest.starts_with("ll")) return at + 3;
  return !rest.empty() && is_one_of(rest[0], "stmd") ? at + 2 : at;
}

/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)` at an apostrophe. Without regard to case, the long ſ is an s.
size_t contraction_of_any_case(std::string_view text, size_t at) {
  const std::string_view rest = text.substr(at + 1, 2);
  if (rest.empty()) return at;
  const auto lower = [](char c) { return static_cast<char>(c | 0x20); };
  if (is_one_of(lower(rest[0]), "stmd")) return at + 2;
  if (rest == "\xc5\xbf") return at + 3;
  if (rest.size() < 2) return at;
  const char first = lower(rest[0]), second = lower(rest[1]);
  return (second == 'e' && (first == 'r' || first == 'v')) || (first == 'l' && second == 'l')
             ? at + 3
             : at;
}

/// How the expressions that followed GPT-4's differ.
struct Gpt4Form {
  int digits;        // most numbers in a piece
  bool tail_is_one;  // white space at the end of the text is one piece, with its newlines
};

template <Gpt4Form kForm>
size_t scan_gpt4(std::string_view text, size_t at) {
  const View view{text};
  if (text[at] == '\'') {
    const size_t end = contraction_of_any_case(text, at);
    if (end > at) return end;
  }
  const Character first = view.at(at);
  if (first.kind == Kind::letter) return view.run(Kind::letter, first.end);
  if (first.kind == Kind::number) return view.numbers(first.end, kForm.digits);
  const bool newline = text[at] == '\n' || text[at] == '\r';
  if (!newline && view.inside(first.end)) {
    const Character next = view.at(first.end);
    if (next.kind == Kind::letter) return view.run(Kind::letter, next.end);
    if (text[at] == ' ' && next.kind == Kind::other)
      return view.run_of_newlines(view.run(Kind::other, next.end));
  }
  if (first.kind == Kind::other) return view.run_of_newlines(view.run(Kind::other, first.end));
  return view.spaces_with_newlines(at, kForm.tail_is_one);
}

/// How the expressions that followed GPT-4o's differ.
struct Gpt4oForm {
  int digits;         // most numbers in a piece
  bool contractions;  // belong to the word before them
};

/// Words of these expressions: capitals, then small letters, and what is neither counts as both.
enum class Letter : uint8_t { none, capital, small, both };

class LetterCases {
 public:
  explicit LetterCases(std::string_view text) : text_(text) {}

  Letter at(size_t place, size_t& end) const {
    const CodePoint point = decode_utf8(text_, place);
    end = place + point.bytes;
    if (!point.valid()) return Letter::none;
    switch (oniguruma::category(point.value)) {
      case Category::lu:
      case Category::lt:
        return Letter::capital;
      case Category::ll:
        return Letter::small;
      case Category::lm:
      case Category::lo:
      case Category::mn:
      case Category::mc:
      case Category::me:
        return Letter::both;
      default:
        return Letter::none;
    }
  }

  /// `[capital both]*[small both]+` from `place` on: its end, or `place`. `capitals` becomes the end
  /// of `[capital both]*` alone.
  size_t capitals_then_small(size_t place, size_t& capitals) const {
    size_t end = 0, last_both = place;
    capitals = place;
    while (capitals < text_.size()) {
      const Letter letter = at(capitals, end);
      if (letter != Letter::capital && letter != Letter::both) break;
      capitals = end;
      if (letter == Letter::both) last_both = end;
    }
    size_t small = capitals;
    while (small < text_.size()) {
      const Letter letter = at(small, end);
      if (letter != Letter::small && letter != Letter::both) break;
      small = end;
    }
    return small > capitals ? small : last_both;
  }

 private:
  std::string_view text_;
};

template <Gpt4oForm kForm>
size_t scan_gpt4o(std::string_view text, size_t at) {
  const View view{text};
  const LetterCases letters(text);
  const Character first = view.at(at);
  const bool newline = text[at] == '\n' || text[at] == '\r';
  const bool prefix = first.kind != Kind::letter && first.kind != Kind::number && !newline;
  size_t behind_prefix = at, behind_none = at;
  size_t word = prefix ? letters.capitals_then_small(first.end, behind_prefix) : at;
  bool found = prefix && word > first.end;
  if (!found) {
    word = letters.capitals_then_small(at, behind_none);
    found = word > at;
  }
  if (!found && prefix && behind_prefix > first.end) {
    word = behind_prefix;
    found = true;
  }
  if (!found && behind_none > at) {
    word = behind_none;
    found = true;
  }
  if (found) {
    if (kForm.contractions && view.byte(word) == '\'') return contraction_of_any_case(text, word);
    return word;
  }
  if (first.kind == Kind::number) return view.numbers(first.end, kForm.digits);
  const size_t begin = text[at] == ' ' && view.inside(at + 1) ? at + 1 : at;
  if (const Character mark = view.at(begin); mark.kind == Kind::other) {
    size_t end = view.run(Kind::other, mark.end);
    while (view.byte(end) == '\n' || view.byte(end) == '\r' || view.byte(end) == '/') ++end;
    return end;
  }
  return view.spaces_with_newlines(at, false);
}

struct Known {
  std::string_view expression;
  Scanner scanner;
  std::optional<RegexDialect> dialect = std::nullopt;  // the only one in which it means this
};

constexpr std::array kKnown{
    Known{R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)",
          scan_gpt2},
    Known{R"('(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s)",
          scan_gpt2, RegexDialect::fancy_regex},
    Known{
        R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
        scan_gpt4<Gpt4Form{3, false}>},
    Known{
        R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
        scan_gpt4<Gpt4Form{1, false}>},
    Known{
        R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s)",
        scan_gpt4<Gpt4Form{3, true}>, RegexDialect::fancy_regex},
    Known{
        R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
        scan_gpt4o<Gpt4oForm{3, true}>},
    Known{
        R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
        scan_gpt4o<Gpt4oForm{1, false}>},
};

}  // namespace

size_t scan_gpt2(std::string_view text, size_t at) {
  const View view{text};
  if (text[at] == '\'') {
    const size_t end = contraction(text, at);
    if (end > at) return end;
  }
  Kind kind{};
  const size_t end = view.spaced_run(at, kind);
  return end > at ? end : view.spaces(at);
}

std::optional<Scanner> known_scanner(std::string_view expression, RegexDialect dialect) {
  for (const Known& known : kKnown)
    if (known.expression == expression && known.dialect.value_or(dialect) == dialect)
      return known.scanner;
  return std::nullopt;
}

}  // namespace tessera
