// Expressions of either dialect, and texts that they are looked for in. The input is a byte for the
// dialect, the expression, a zero and the text.
#include "framework/tokenizer/regex.h"

#include <algorithm>

#include "framework/tokenizer/regex_walk.h"
#include "tests/fuzz/fuzz_target.h"

namespace tessera {
namespace {

/// The first match by RegexWalk alone, as symbols.
std::optional<std::pair<size_t, size_t>> walked(const std::string& expression, RegexDialect dialect,
                                                std::string_view text) {
  const RewrittenRegex rewritten = rewrite_regex(expression, dialect, "the file");
  const RegexSymbols symbols(rewritten.sets, "the file");
  const RegexProgram program(parse_rewritten(rewritten), symbols, expression, "the file");
  std::string translated;
  symbols.translate(text, translated);
  return RegexWalk(program, translated, expression).search(0, translated.size());
}

void find_all(std::string_view input) {
  const auto dialect =
      take_byte(input) % 2 == 0 ? RegexDialect::oniguruma : RegexDialect::fancy_regex;
  const std::string expression(take_part(input));
  const Pattern pattern = Pattern::regex(expression, dialect, "the file");
  Matches matches(pattern, input);
  size_t last = 0, count = 0;
  while (const auto match = matches.next()) {
    check(last <= match->first && match->first <= match->second && match->second <= input.size(),
          "a match from {} to {} after {}", match->first, match->second, last);
    if (++count == 1) check(pattern.find(input, 0) == match, "find() finds another first match");
    last = match->second;
  }
  check(count <= input.size() + 1, "{} matches in {} bytes", count, input.size());
  const bool ascii = std::all_of(input.begin(), input.end(), [](char c) { return c >= 0; });
  if (ascii && input.size() % 4 == 0 && pattern.for_pcre2())
    check(walked(expression, dialect, input) == pattern.find(input, 0),
          "RegexWalk finds another first match than PCRE2");
}

}  // namespace
}  // namespace tessera

TESSERA_FUZZ_TARGET(regex, tessera::find_all)
