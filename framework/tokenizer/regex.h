// Regular expressions of tokenizer files. Each kind of file has its dialect: tokenizer.json is
// written for Oniguruma, tiktoken's files for fancy-regex. An expression is rewritten for PCRE2
// (with JIT and limits), with every class of characters spelled out from the tables of the
// reference (unicode.h); what cannot be rewritten is refused by naming the construct. A pattern may
// also be a plain string.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tessera {

enum class RegexDialect { oniguruma, fancy_regex };

class Pattern {
 public:
  static Pattern literal(std::string text);
  /// Throws UserError, which begins with `what`, naming the construct that cannot be rewritten.
  static Pattern regex(std::string text, RegexDialect dialect, const std::string& what);

  const std::string& text() const { return text_; }
  bool is_regex() const { return compiled_ != nullptr; }

  /// First and one past the last byte of the next match that begins at or after `from`; the match
  /// may be empty. Throws UserError when a limit on the work is passed.
  std::optional<std::pair<size_t, size_t>> find(std::string_view text, size_t from) const;

  struct Compiled;

 private:
  std::string text_;
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace tessera
