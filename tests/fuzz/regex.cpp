// Expressions of either dialect, and texts that they are looked for in. The input is a byte for the
// dialect, the expression, a zero and the text.
#include "framework/tokenizer/regex.h"

#include "tests/fuzz/fuzz_target.h"

namespace tessera {
namespace {

void find_all(std::string_view input) {
  const auto dialect =
      take_byte(input) % 2 == 0 ? RegexDialect::oniguruma : RegexDialect::fancy_regex;
  const std::string_view expression = take_part(input);
  const Pattern pattern = Pattern::regex(std::string(expression), dialect, "the file");
  Matches matches(pattern, input);
  size_t last = 0, count = 0;
  while (const auto match = matches.next()) {
    check(last <= match->first && match->first <= match->second && match->second <= input.size(),
          "a match from {} to {} after {}", match->first, match->second, last);
    if (++count == 1) check(pattern.find(input, 0) == match, "find() finds another first match");
    last = match->second;
  }
  check(count <= input.size() + 1, "{} matches in {} bytes", count, input.size());
}

}  // namespace
}  // namespace tessera

TESSERA_FUZZ_TARGET(regex, tessera::find_all)
