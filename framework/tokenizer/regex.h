// Patterns of tokenizer files: regular expressions in the dialect of the file, where tokenizer.json is
// written for Oniguruma, tiktoken's files for fancy-regex, or plain strings. An expression is
// rewritten for PCRE2 (regex_rewrite.h), over symbols that stand for the classes of characters that
// the reference knows (unicode.h). What cannot be rewritten is refused by naming the construct:
// back-references, recursion, \K, \X, \G, conditions, look-behind of variable length,
// case-insensitive letters beyond ASCII. Texts may hold invalid UTF-8: an invalid subpart (utf8.h)
// counts as one character of no class, so that only \S, \P{L}, [^a] and their like match it.
//
// The time grows with the text and no faster, whatever the expression. PCRE2 (with JIT) takes those that
// are steady (regex_cost.h); where a loop goes on for long, it is shown a window of the text at a time.
// What reaches out of the window, and all other expressions, are for RegexWalk, which is slower and
// linear by itself.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tessera {

class RegexWalk;

enum class RegexDialect { oniguruma, fancy_regex };

class Pattern {
 public:
  /// An empty string matches between any two characters, as the empty expression does.
  static Pattern literal(std::string text);
  /// Throws UserError, which begins with `what`, naming the construct that cannot be rewritten.
  static Pattern regex(std::string text, RegexDialect dialect, const std::string& what);

  const std::string& text() const { return text_; }
  bool is_regex() const { return compiled_ != nullptr; }
  /// Of an expression.
  RegexDialect dialect() const;
  /// Whether PCRE2 runs the expression; for others there is RegexWalk.
  bool for_pcre2() const;

  /// First and one past the last byte of the next match that begins at or after `from`; the match
  /// may be empty. Throws UserError when too much memory is needed. Every call reads the whole text:
  /// for all matches of a text, use Matches.
  std::optional<std::pair<size_t, size_t>> find(std::string_view text, size_t from) const;

  struct Compiled;

 private:
  friend class Matches;
  std::string text_;
  std::shared_ptr<const Compiled> compiled_;
};

/// The matches of a pattern in a text from left to right, none overlapping another. An empty match
/// right behind a match is left out, as the references do. Pattern and text outlive this.
class Matches {
 public:
  Matches(const Pattern& pattern, std::string_view text, size_t from = 0);
  ~Matches();
  Matches(const Matches&) = delete;
  Matches& operator=(const Matches&) = delete;

  /// First and one past the last byte of the next match. Throws UserError when too much memory is
  /// needed (RegexWalk).
  std::optional<std::pair<size_t, size_t>> next();

 private:
  struct Place {
    size_t byte = 0, symbol = 0;
  };
  /// How the text is searched: by PCRE2 as a whole, or a window at a time, or by RegexWalk alone.
  enum class Way { literal, whole, windows, walk };
  std::optional<std::pair<Place, Place>> search();
  std::optional<std::pair<size_t, size_t>> search_windows(size_t from);
  int run_engine(size_t from, size_t last, size_t end) const;
  std::optional<std::pair<Place, Place>> search_literal() const;
  void advance(Place& place, size_t symbol) const;

  const Pattern& pattern_;
  std::string_view text_;
  std::string symbols_;  // of the text, where the pattern is an expression
  Way way_ = Way::literal;
  Place at_;  // where the next search begins
  size_t last_end_ = std::string_view::npos;
  std::unique_ptr<RegexWalk> walk_;  // where PCRE2 does not serve
};

}  // namespace tessera
