#include "framework/tokenizer/regex_walk.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "framework/core/random.h"
#include "framework/tokenizer/regex.h"
#include "framework/tokenizer/regex_cost.h"
#include "tests/tokenizer/golden_texts.h"

namespace tessera {
namespace {

using nlohmann::json;
using Bounds = std::pair<size_t, size_t>;
constexpr auto kOniguruma = RegexDialect::oniguruma;
constexpr auto kFancy = RegexDialect::fancy_regex;

/// An expression as RegexWalk runs it.
struct Walked {
  explicit Walked(const std::string& text, RegexDialect dialect = kOniguruma)
      : expression(text),
        rewritten(rewrite_regex(text, dialect, "test")),
        symbols(rewritten.sets, "test"),
        tree(parse_rewritten(rewritten)),
        program(tree, symbols, text, "test") {}

  bool steady() const { return loops_of_steady(tree, symbols).has_value(); }
  std::string symbols_of(std::string_view text) const {
    std::string made;
    symbols.translate(text, made);
    return made;
  }

  std::string expression;
  RewrittenRegex rewritten;
  RegexSymbols symbols;
  RegexTree tree;
  RegexProgram program;
};

/// What `search` finds in a text of so many symbols, one match after the other.
template <typename Search>
std::vector<Bounds> all_of(size_t symbols, const Search& search) {
  std::vector<Bounds> found;
  size_t from = 0, last_end = std::string::npos;
  while (from <= symbols) {
    const std::optional<Bounds> match = search(from);
    if (!match) break;
    from = match->second;
    if (match->first == match->second && match->second == last_end) {
      ++from;
      continue;
    }
    last_end = match->second;
    found.push_back(*match);
  }
  return found;
}

/// All matches in an ASCII text by RegexWalk alone.
std::vector<Bounds> walk_all(const Walked& walked, std::string_view text) {
  const std::string symbols = walked.symbols_of(text);
  RegexWalk walk(walked.program, symbols, walked.expression);
  return all_of(symbols.size(), [&](size_t from) { return walk.search(from, symbols.size()); });
}

/// All matches in an ASCII text by PCRE2 alone, which sees the whole text.
std::vector<Bounds> engine_all(const Walked& walked, std::string_view text) {
  std::string expression;
  for (const RewrittenRegex::Part& part : walked.rewritten.parts) {
    expression += part.text;
    if (part.set < 0) continue;
    const std::vector<uint8_t>& symbols = walked.symbols.of(static_cast<size_t>(part.set));
    expression += symbols.empty() ? "(?!" : "[";
    for (const uint8_t symbol : symbols) expression += fmt::format("\\x{:02x}", symbol);
    expression += symbols.empty() ? ")" : "]";
  }
  int error = 0;
  size_t place = 0;
  const std::unique_ptr<pcre2_code, decltype(&pcre2_code_free)> code(
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(expression.data()), expression.size(),
                    PCRE2_NO_AUTO_CAPTURE, &error, &place, nullptr),
      pcre2_code_free);
  const std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> data(
      pcre2_match_data_create(1, nullptr), pcre2_match_data_free);
  EXPECT_NE(code, nullptr) << expression;
  const std::string symbols = walked.symbols_of(text);
  return all_of(symbols.size(), [&](size_t from) -> std::optional<Bounds> {
    const int found = pcre2_match(code.get(), reinterpret_cast<PCRE2_SPTR>(symbols.data()),
                                  symbols.size(), from, 0, data.get(), nullptr);
    EXPECT_TRUE(found >= 0 || found == PCRE2_ERROR_NOMATCH) << found;
    const size_t* bounds = pcre2_get_ovector_pointer(data.get());
    return found < 0 ? std::nullopt : std::optional(Bounds(bounds[0], bounds[1]));
  });
}

std::vector<Bounds> match_all(const std::string& expression, RegexDialect dialect,
                              std::string_view text) {
  const Pattern pattern = Pattern::regex(expression, dialect, "test");
  Matches matches(pattern, text);
  std::vector<Bounds> found;
  while (const auto match = matches.next()) found.push_back(*match);
  return found;
}

/// Runs of letters, spaces and others of random lengths.
std::string text_of_runs(uint64_t seed, size_t bytes, uint64_t longest) {
  static constexpr std::string_view kBytes = "ab A1. \n'sx/cde\t2,";
  const Random random(seed, "test.regex");
  std::string text;
  for (uint64_t i = 0; text.size() < bytes; ++i)
    text.append(1 + random.below(random.below(3, i, 0) == 0 ? longest : 3, i, 1),
                kBytes[random.below(kBytes.size(), i, 2)]);
  return text;
}

const std::vector<std::string> kMore = {
    "\\s+$",
    "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    "(?=.*b)a|(?!.*c).",
    "a*a*b",
    "(?:a+)+b",
    "(?:a|ab|b)*c",
    "(?:a|ab|b)*?c",
    "(?>a+|b)b",
    "(?>(?:a|ab)+)c?",
    "(?:ab?)++b",
    "[ab]{2,5}?b",
    "[ab]{2,5}b",
    "(?:[ab]{1,2}c?){2,3}x",
    "(?:a*)*b|.",
    "(?:|a)*b|.",
    "(?:a*?)*?b|.",
    "(?:a|b*)*?c",
    "(?:(?:a*)*(?:b|)*)*c",
    "(?<=ab|c)\\s+|(?<!a|ab)b",
    "(?<=(?:a|b)[ab])b+",
    "(?=(?:a|b)*c)[ab]+|[^c]",
    "(?!(?:a|b)*?c)[ab]+|[^c]",
    "a++b|a",
    "[ab]*b*+c|.",
    "(?:x++|a)*b",
    "\\b\\w+\\b|\\B.",
    "(?m:.*)x",
};

std::vector<std::pair<std::string, RegexDialect>> all_expressions() {
  const json& golden = pre_tokenizer_golden();
  std::vector<std::pair<std::string, RegexDialect>> all;
  for (const json& row : golden["expressions"])
    all.emplace_back(row["expression"].get<std::string>(), kOniguruma);
  for (const json& row : golden["fancy"])
    all.emplace_back(row["expression"].get<std::string>(), kFancy);
  for (const std::string& expression : kMore) all.emplace_back(expression, kOniguruma);
  return all;
}

TEST(RegexWalk, FindsWhatPcre2Finds) {
  for (const auto& [expression, dialect] : all_expressions()) {
    SCOPED_TRACE(expression);
    const Walked walked(expression, dialect);
    for (uint64_t seed = 0; seed < 60; ++seed) {
      const std::string text = text_of_runs(seed, 1 + seed % 30, 4);
      ASSERT_EQ(walk_all(walked, text), engine_all(walked, text)) << text;
    }
  }
}

/// Runs reach out of the windows that PCRE2 is shown.
TEST(RegexWalk, TakesOverWhereAMatchIsLong) {
  for (const auto& [expression, dialect] : all_expressions()) {
    SCOPED_TRACE(expression);
    const Walked walked(expression, dialect);
    for (uint64_t seed = 0; seed < 4; ++seed) {
      const std::string text = text_of_runs(seed, 20'000, seed % 2 == 0 ? 3000 : 1100);
      ASSERT_EQ(match_all(expression, dialect, text), walk_all(walked, text)) << seed;
    }
  }
}

/// PCRE2 alone takes hours for these.
TEST(RegexWalk, TakesLinearTime) {
  const std::string spaces(1 << 20, ' '), letters(1 << 17, 'a'), word(1 << 20, 'a');
  const auto count = [](const std::string& expression, const std::string& text) {
    return match_all(expression, kOniguruma, text).size();
  };
  EXPECT_EQ(count("\\s+$", spaces + "x"), 0U);
  EXPECT_EQ(count("\\s+$", spaces), 1U);
  EXPECT_EQ(count("\\s+(?!\\S)|\\s+", spaces + "x"), 2U);
  EXPECT_EQ(count("\\s*[\\r\\n]+|\\s", spaces), spaces.size());
  EXPECT_EQ(count("\\p{L}+", word), 1U);
  EXPECT_EQ(count("\\p{L}+\\d", letters), 0U);
  EXPECT_EQ(count("a(?=a*b)", letters), 0U);
  EXPECT_EQ(count("a(?=a*b)", letters + "b"), letters.size());
  EXPECT_EQ(count("a(?=(?:a|a)*b)", letters + "b"), letters.size());
  EXPECT_EQ(count("(?:a*a*)*b", letters), 0U);
  EXPECT_EQ(count("(?>(?:a|aa)+)b|a", letters), letters.size());
  EXPECT_EQ(count("a*+b|a", letters), letters.size());
  EXPECT_EQ(count("[ab]*a*+b|a", letters), letters.size());
  EXPECT_EQ(count("a*?a*?a*?b", letters), 0U);
  EXPECT_EQ(count("(?:(?:a|b|ab)(?:a|b|ab)?)*c|a", letters), letters.size());
}

TEST(RegexWalk, TellsWhichExpressionsTakeSteadyTime) {
  const auto steady = [](const char* expression) { return Walked(expression).steady(); };
  for (const json& row : pre_tokenizer_golden()["expressions"]) {
    const auto expression = row["expression"].get<std::string>();
    if (expression.size() < 60 || expression.find("{1,3}+") != expression.npos) continue;
    EXPECT_TRUE(steady(expression.c_str())) << expression;
  }
  for (const char* expression :
       {"\\s+$", "\\s*[\\r\\n]+", "a+b+", "a*b+c", "\\d{1,3}", "a*?b", "a++a+"})
    EXPECT_TRUE(steady(expression)) << expression;
  for (const char* expression :
       {"a*a*b", "(?:a+)+", "(?:ab)*", "a+(?=a*b)", "[ab]{0,9}a+c", "(?:a|ab)?a*a*b", "a*b?a*c",
        "(?:a|b)(?:a|b)(?:a|b)(?:a|b)(?:a|b)(?:a|b)(?:a|b)(?:a|b)(?:a|b)"})
    EXPECT_FALSE(steady(expression)) << expression;
}

TEST(RegexWalk, RefusesProgramsThatAreTooLong) {
  const auto refusal = [](const std::string& expression) {
    return error_of([&] { Walked{expression}; });
  };
  expect_contains(refusal("(?:a{1000}b){40}"),
                  "test: the expression '(?:a{1000}b){40}' has more than 4096 steps when its "
                  "repeats are written out");
  expect_contains(refusal("(?>(?:a*)*)b"),
                  "repeats what may match nothing inside an atomic group or a possessive repeat");
  expect_contains(refusal("(?:(?:a*)*b)++"), "repeats what may match nothing inside");
}

TEST(RegexWalk, RefusesTextsThatTakeTooMuchMemory) {
  const std::string text(size_t{10} << 20, 'a');
  expect_contains(error_of([&] { match_all("(?=(?:a|b)+c)a", kOniguruma, text); }),
                  "the expression '(?=(?:a|b)+c)a' takes more than 256 MiB of memory at character");
}

}  // namespace
}  // namespace tessera
