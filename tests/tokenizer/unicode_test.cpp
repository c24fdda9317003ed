#include "framework/tokenizer/unicode.h"

#include <gtest/gtest.h>

#include <string>

#include "framework/tokenizer/graphemes.h"
#include "framework/tokenizer/utf8.h"
#include "tests/tokenizer/checksum.h"
#include "tests/tokenizer/golden_json.h"

namespace tessera {
namespace {

/// The checksum of one byte for every scalar value.
template <typename ByteOf>
uint32_t checksum(const ByteOf& byte_of) {
  std::string bytes;
  for (char32_t point = 0; point < 0x110000; ++point)
    if (point < 0xd800 || point > 0xdfff) bytes += static_cast<char>('0' + byte_of(point));
  return crc32(bytes);
}

TEST(Unicode, TablesAreThoseOfTheReferences) {
  const nlohmann::json sums = golden_json("normalizers.json")["tables"];
  const auto expect = [&](const char* name, const auto& test) {
    EXPECT_EQ(checksum([&](char32_t point) { return static_cast<int>(test(point)); }),
              sums.at(name).get<uint32_t>())
        << name;
  };
  expect("category", oniguruma::category);
  expect("category", fancy_regex::category);
  expect("space", oniguruma::is_space);
  expect("space", fancy_regex::is_space);
  expect("space", rust_regex::is_space);
  expect("digit", oniguruma::is_digit);
  expect("digit", fancy_regex::is_digit);
  expect("oniguruma word", oniguruma::is_word);
  expect("fancy word", fancy_regex::is_word);
  expect("fancy word", rust_regex::is_word);
  expect("rust space", rust::is_whitespace);
  expect("rust numeric", rust::is_numeric);
  expect("bert punctuation", bert::is_punctuation);
  expect("bert control", bert::is_control);
  expect("bert cjk", bert::is_cjk);
  expect("bert mark", bert::is_mark);
  expect("mark", normal_form::is_mark);
}

TEST(Unicode, AnInvalidByteIsOfNoClass) {
  EXPECT_EQ(oniguruma::category(CodePoint::kInvalid), Category::cn);
  EXPECT_FALSE(oniguruma::is_space(CodePoint::kInvalid));
  EXPECT_FALSE(oniguruma::is_word(CodePoint::kInvalid));
  EXPECT_FALSE(fancy_regex::is_word(CodePoint::kInvalid));
  EXPECT_EQ(oniguruma::category(0xd800), Category::cs);
}

TEST(Unicode, NormalFormsOrderMarks) {
  EXPECT_EQ(normal_form::nfd("\u1ead"), "a\u0323\u0302");
  EXPECT_EQ(normal_form::nfc("a\u0302\u0323"), "\u1ead");
  EXPECT_EQ(normal_form::nfc("\u1112\u1161\u11ab"), "한");
  EXPECT_EQ(normal_form::nfkc("ﬁ①"), "fi1");
  EXPECT_EQ(normal_form::nfkd("\ud55c"), "\u1112\u1161\u11ab");
}

TEST(Unicode, NormalFormsTakeManyMarksInOneCharacter) {
  std::string text = "a";
  for (int i = 0; i < 200'000; ++i) text += i % 2 == 0 ? "\u0301" : "\u0323";
  const std::string made = normal_form::nfc(text);
  EXPECT_EQ(made.substr(0, 5), "\u1ea1\u0323");
  EXPECT_EQ(made.size(), 3 + 2 * 199'999U);
}

TEST(Unicode, GraphemesAreWhatReadersSee) {
  const auto clusters = [](std::string_view text) {
    std::string cut;
    for (size_t at = 0, end = 0; at < text.size(); at = end) {
      end = grapheme_end(text, at);
      cut += std::string(text.substr(at, end - at)) + "|";
    }
    return cut;
  };
  EXPECT_EQ(clusters("ab\r\n\u0301"), "a|b|\r\n|\u0301|");
  EXPECT_EQ(clusters("e\u0301\u0323x"), "e\u0301\u0323|x|");
  EXPECT_EQ(clusters("\u1100\u1161\u11a8가\u11a8"), "\u1100\u1161\u11a8|가\u11a8|");
  EXPECT_EQ(clusters("🇦🇧🇨"), "🇦🇧|🇨|");
  EXPECT_EQ(clusters("❤\ufe0f\u200d🙂🏽a"), "❤\ufe0f\u200d🙂🏽|a|");
  EXPECT_EQ(clusters("\u0915\u094d\u0937\u0915"), "\u0915\u094d\u0937|\u0915|");
  EXPECT_EQ(clusters("\u06001"), "\u06001|");
}

}  // namespace
}  // namespace tessera
