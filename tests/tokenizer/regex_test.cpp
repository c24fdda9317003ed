#include "framework/tokenizer/regex.h"

#include "framework/tokenizer/pre_tokenizer.h"
#include "framework/tokenizer/regex_properties.h"
#include "tests/tokenizer/golden_texts.h"

namespace tessera {
namespace {

using nlohmann::json;
using List = std::vector<std::string>;
constexpr auto kOniguruma = RegexDialect::oniguruma;
constexpr auto kFancy = RegexDialect::fancy_regex;

List cut(const SplitStep& step, std::string_view text) {
  const PreTokenizer pre_tokenizer({step});
  Pieces pieces;
  pieces.list.push_back(text);
  pre_tokenizer.cut(pieces, true);
  return {pieces.list.begin(), pieces.list.end()};
}

List matches_of(const Pattern& pattern, std::string_view text) {
  List found;
  Matches matches(pattern, text);
  while (const auto match = matches.next())
    found.emplace_back(text.substr(match->first, match->second - match->first));
  return found;
}

List matches_of(const char* expression, std::string_view text, RegexDialect dialect = kOniguruma) {
  return matches_of(Pattern::regex(expression, dialect, "test"), text);
}

std::string refusal(const std::string& expression, RegexDialect dialect = kOniguruma) {
  return error_of([&] { Pattern::regex(expression, dialect, "file"); });
}

TEST(Regex, MatchesAsOniguruma) {
  const json& golden = pre_tokenizer_golden();
  for (const json& row : golden["expressions"]) {
    const auto expression = row["expression"].get<std::string>();
    SCOPED_TRACE(expression);
    const Pattern pattern = Pattern::regex(expression, kOniguruma, "golden");
    const SplitStep isolated{pattern, Delimiter::isolated, false, {}};
    const SplitStep matches{pattern, Delimiter::removed, true, {}};
    GoldenTexts texts(golden["alphabet"].get<std::string>(), row["seed"].get<uint64_t>());
    GoldenHash hash;
    for (int i = 0; i < golden["count"].get<int>() / 4; ++i) {
      const std::string text = texts.next(24);
      for (const SplitStep& step : {isolated, matches}) {
        for (const std::string& piece : cut(step, text)) hash.add(piece);
        hash.add("");
      }
    }
    hash.expect(row);
  }
}

TEST(Regex, MatchesAsFancyRegex) {
  const json& golden = pre_tokenizer_golden();
  for (const json& row : golden["fancy"]) {
    const auto expression = row["expression"].get<std::string>();
    SCOPED_TRACE(expression);
    const Pattern pattern = Pattern::regex(expression, kFancy, "golden");
    GoldenTexts texts(golden["alphabet"].get<std::string>(), row["seed"].get<uint64_t>());
    GoldenHash hash;
    for (int i = 0; i < golden["count"].get<int>() / 40; ++i) {
      const std::string text = texts.next(24);
      for (const std::string& match : matches_of(pattern, text)) hash.add(match);
      hash.add("");
    }
    hash.expect(row);
  }
}

TEST(Regex, GivesPossessionTheMeaningOfItsDialect) {
  EXPECT_EQ(matches_of("\\d{1,3}+", "12345"), List{"12345"});
  EXPECT_EQ(matches_of("\\d{1,3}+", "12345", kFancy), (List{"123", "45"}));
}

TEST(Regex, CountsInvalidBytesToNoClass) {
  const std::string text = "a\xff\xe4\xbd b";  // 0xff, then the start of a character
  EXPECT_EQ(matches_of("\\w+", text), (List{"a", "b"}));
  EXPECT_EQ(matches_of("[^\\s\\p{L}\\p{N}]+", text), List{"\xff\xe4\xbd"});
  EXPECT_EQ(matches_of("[^\\s\\p{L}\\p{N}]", text), (List{"\xff", "\xe4\xbd"}));
  EXPECT_EQ(matches_of("\\p{Any}+", text), (List{"a", " b"}));
  EXPECT_EQ(matches_of("(?<=\\W)b", text), List{"b"});
  EXPECT_EQ(matches_of("", "\xff\xff").size(), 3U);
}

TEST(Regex, FindsFromAPlace) {
  const Pattern pattern = Pattern::regex("(?<=é)b?", kOniguruma, "test");
  const std::string text = "ébéb";
  using Bounds = std::pair<size_t, size_t>;
  EXPECT_EQ(pattern.find(text, 0), Bounds(2, 3));
  EXPECT_EQ(pattern.find(text, 2), Bounds(2, 3));
  EXPECT_EQ(pattern.find(text, 3), Bounds(5, 6));
  EXPECT_EQ(pattern.find(text, 6), std::nullopt);
  EXPECT_EQ(Pattern::literal("b").find(text, 3), Bounds(5, 6));
  EXPECT_EQ(Pattern::literal("x").find(text, 0), std::nullopt);
  EXPECT_TRUE(pattern.is_regex());
  EXPECT_FALSE(Pattern::literal("b").is_regex());
}

TEST(Regex, FindsLiterals) {
  EXPECT_EQ(matches_of(Pattern::literal("aa"), "aaaaa"), (List{"aa", "aa"}));
  EXPECT_EQ(matches_of(Pattern::literal(""), "éb").size(), 3U);
  EXPECT_TRUE(matches_of(Pattern::literal("a.b"), "axb").empty());
}

TEST(Regex, RefusesByName) {
  EXPECT_EQ(refusal("(a)\\1"),
            "file: the back-reference \\1 is not supported (byte 5 of the "
            "expression '(a)\\1')");
  const auto refuses = [](const char* expression, const char* construct,
                          RegexDialect dialect = kOniguruma) {
    expect_contains(refusal(expression, dialect),
                    fmt::format("file: {} is not supported", construct));
  };
  refuses("\\Xa", "\\X");
  refuses("a\\Kb", "\\K");
  refuses("\\Ga", "\\G");
  refuses("\\k<n>", "\\k");
  refuses("\\g<n>", "\\g");
  refuses("(?~a)", "the group (?~");
  refuses("(?(a)b)", "the group (?(");
  refuses("(*FAIL)", "'(*'");
  refuses("(?x)a", "the option (?x)");
  refuses("(?<=a+)b", "look-behind of variable length");
  refuses("\\p{Emoji}", "the property \\p{Emoji}");
  refuses("[[:foo:]]", "the class [:foo:]");
  refuses("(?i:é)", "a letter beyond ASCII where case is ignored");
  refuses("(?i:[à-ÿ])", "a class with letters beyond ASCII where case is ignored");
  refuses("(?i:strasse)", "a ligature's letters (ss, st, ff, fi, fl) where case is ignored");
  refuses("\\xe9", "a byte of a character, such as \\xe9,");
  refuses("\\pL", "\\p without braces");
  refuses("a{70000}", "more than 65535 repeats");
  refuses("a{3,2}", "an interval that goes backwards");
  refuses("[a~~b]", "'~~' inside a class", kFancy);
  refuses("\\X", "\\X", kFancy);
}

TEST(Regex, RefusesWhatIsNoExpression) {
  EXPECT_EQ(refusal("(a"), "file: the expression '(a' is malformed: ')' is missing (byte 2)");
  const auto wrong = [](const char* expression, const char* fault,
                        RegexDialect dialect = kOniguruma) {
    expect_contains(refusal(expression, dialect), fmt::format("is malformed: {}", fault));
  };
  wrong("a)", "')' without '('");
  wrong("[a", "a class does not end");
  wrong("[]", "a class is empty");
  wrong("[z-a]", "a range goes backwards");
  wrong("[a-\\d]", "a range ends with a class");
  wrong("[\\d-z]", "'-' after a class has no meaning");
  wrong("+a", "there is nothing to repeat");
  wrong("\\", "it ends too early");
  wrong("\\p{L", "'}' is missing");
  wrong("\\x{110000}", "there is no such character");
  wrong("\\x{}", "hexadecimal digits are missing");
  wrong("{", "'{' must be written \\{", kFancy);
  expect_contains(refusal("\xff"), "file: the expression is no valid UTF-8");
}

TEST(Regex, BoundsWhatExpressionsMayCost) {
  expect_contains(refusal(std::string(200, '(') + "a" + std::string(200, ')')),
                  "nesting this deep is not supported");
  expect_contains(refusal(std::string(200, '[') + "a" + std::string(200, ']')),
                  "nesting this deep is not supported");
  expect_contains(refusal(std::string(70000, 'a')), "the expression is longer than 65536 bytes");
  expect_contains(refusal("(((a{1000}){1000}){1000}){1000}"), "is refused by PCRE2");
  std::string many;
  for (char32_t point = 0x4e00; point < 0x4f00; ++point) append_utf8(point, many);
  expect_contains(refusal(many), "the expression tells more than 256 kinds of characters apart");
}

TEST(Regex, KnowsPropertiesByTheirNames) {
  EXPECT_EQ(property_set("uppercase letter", kOniguruma), property_set("Lu", kOniguruma));
  EXPECT_EQ(property_set("sc=Han", kFancy), property_set("han", kOniguruma));
  EXPECT_FALSE(property_set("nonsense", kFancy));
}

}  // namespace
}  // namespace tessera
