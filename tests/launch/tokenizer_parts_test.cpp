// What `tokenizer show` says of parts: each names the tables that it uses, and no other.
#include "launch/tokenizer_parts.h"

#include "tests/temporary_folder.h"

namespace tessera {
namespace {

std::string of_split(const char* expression, RegexDialect dialect) {
  const SplitStep split{.pattern = Pattern::regex(expression, dialect, "test"),
                        .delimiter = Delimiter::isolated,
                        .invert = false,
                        .scanner = known_scanner(expression, dialect)};
  return described(PreTokenizerStep(split));
}

TEST(TokenizerParts, ExpressionsHaveTheTablesOfTheirDialect) {
  EXPECT_EQ(of_split("\\s+$", RegexDialect::oniguruma),
            "Split: expression '\\s+$', by PCRE2; Oniguruma's classes (Unicode 16.0)");
  EXPECT_EQ(of_split("(?:a+)+b", RegexDialect::fancy_regex),
            "Split: expression '(?:a+)+b', by Tessera's own engine; fancy-regex's classes (Unicode "
            "16.0)");
  const SplitStep text{.pattern = Pattern::literal(" "),
                       .delimiter = Delimiter::removed,
                       .invert = false,
                       .scanner = {}};
  EXPECT_EQ(described(PreTokenizerStep(text)), "Split: text ' '");
  EXPECT_EQ(described(PreTokenizerStep(WhitespaceStep{})),
            "Whitespace: the regex crate's classes (Unicode 16.0)");
  EXPECT_EQ(described(NormalizerStep(
                ReplaceText{Pattern::regex("\\n", RegexDialect::oniguruma, "test"), "\n"})),
            "Replace: expression '\\n' by '\\n'; Oniguruma's classes (Unicode 16.0)");
}

TEST(TokenizerParts, BertsOptionsHaveTheirTables) {
  const auto of = [](const BertNormalizer& bert) {
    const std::string text = described(NormalizerStep(bert));
    return text.substr(text.find("; ") + 2);
  };
  EXPECT_EQ(of({}),
            "BERT's classes (Unicode 8.0), Rust's classes (Unicode 17.0), normalization forms "
            "(Unicode 9.0 and some later maps)");
  EXPECT_EQ(of({.clean_text = false, .cjk_characters = false, .strip_accents = false}),
            "Rust's classes (Unicode 17.0)");
  EXPECT_EQ(of({.clean_text = false, .strip_accents = false, .lower_case = false}),
            "BERT's classes (Unicode 8.0)");
}

}  // namespace
}  // namespace tessera
