// Rewriting of regular expressions: the engine gets an expression over symbols (regex_symbols.h)
// that matches what the reference's engine matches in the text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "framework/tokenizer/character_set.h"
#include "framework/tokenizer/regex.h"

namespace tessera {

/// An expression for PCRE2 in which sets of characters stand by number.
struct RewrittenRegex {
  struct Part {
    std::string text;
    int set = -1;  // after the text; -1: none
  };
  std::vector<Part> parts;
  std::vector<CharacterSet> sets;
};

/// Throws UserError, which begins with `what`, naming the construct that cannot be rewritten.
RewrittenRegex rewrite_regex(std::string_view expression, RegexDialect dialect,
                             const std::string& what);

}  // namespace tessera
