#include "framework/tokenizer/normalizer.h"

#include "framework/tokenizer/hugging_face_normalizer.h"
#include "tests/tokenizer/checksum.h"
#include "tests/tokenizer/golden_json.h"
#include "tests/tokenizer/golden_texts.h"

namespace tessera {
namespace {

using nlohmann::json;

std::string applied(const Normalizer& normalizer, std::string text) {
  normalizer.apply(text);
  return text;
}

/// All scalar values in order, with `before` and `behind` around each.
std::string every_character(const char* before, const char* behind) {
  std::string text;
  for (char32_t point = 0; point < 0x110000; ++point) {
    if (point >= 0xd800 && point <= 0xdfff) continue;
    text += before;
    append_utf8(point, text);
    text += behind;
  }
  return text;
}

TEST(Normalizer, ChangesEveryCharacterAsTheReference) {
  const json golden = golden_json("normalizers.json");
  const std::string between = every_character("a", "b"), alone = every_character("", "");
  for (const json& row : golden["normalizers"]) {
    SCOPED_TRACE(row["normalizer"].dump().substr(0, 200));
    const Normalizer normalizer = parse_normalizer(row["normalizer"], "golden");
    EXPECT_EQ(crc32(applied(normalizer, between)), row["between"].get<uint32_t>());
    EXPECT_EQ(crc32(applied(normalizer, alone)), row["alone"].get<uint32_t>());
  }
}

TEST(Normalizer, ChangesTextsAsTheReference) {
  const json golden = golden_json("normalizers.json");
  for (const json& row : golden["normalizers"]) {
    SCOPED_TRACE(row["normalizer"].dump().substr(0, 200));
    const Normalizer normalizer = parse_normalizer(row["normalizer"], "golden");
    GoldenTexts texts(golden["alphabet"].get<std::string>(), row["seed"].get<uint64_t>());
    std::string made;
    for (int i = 0; i < golden["count"].get<int>(); ++i) {
      if (i > 0) made += '\n';
      made += applied(normalizer, texts.next(16));
    }
    EXPECT_EQ(crc32(made), row["texts"].get<uint32_t>());
  }
}

TEST(Normalizer, LeavesTextWithoutChangesAlone) {
  std::string text = "Plain text, nothing to do";
  const char* const place = text.data();
  for (const auto kind : {UnicodeForm::Kind::nfd, UnicodeForm::Kind::nfc, UnicodeForm::Kind::nfkd,
                          UnicodeForm::Kind::nfkc}) {
    Normalizer({UnicodeForm{kind}}).apply(text);
    EXPECT_EQ(text.data(), place);
  }
}

TEST(Normalizer, TakesAnEmptyText) {
  const json golden = golden_json("normalizers.json");
  for (const json& row : golden["normalizers"])
    EXPECT_EQ(applied(parse_normalizer(row["normalizer"], "golden"), ""), "");
}

TEST(Normalizer, RefusesADamagedCharsmap) {
  const auto refusal = [](std::string charsmap) {
    return error_of([&] { Normalizer({PrecompiledMap{std::move(charsmap)}}); });
  };
  const std::string advice = "; take the tokenizer file from its source again";
  EXPECT_EQ(refusal("abc"), "the normalizer's charsmap is damaged: it has no size" + advice);
  const std::string trie("\x04\0\0\0\0\0\0\0", 8);
  EXPECT_EQ(refusal(std::string("\x08\0\0\0\0\0\0\0", 8)),
            "the normalizer's charsmap is damaged: its trie of 8 bytes does not fit the 4 that are "
            "there" +
                advice);
  EXPECT_EQ(refusal(trie + "\xff"),
            "the normalizer's charsmap is damaged: its texts are not UTF-8" + advice);
  EXPECT_EQ(applied(Normalizer({PrecompiledMap{trie}}), "abc"), "abc");
}

TEST(Normalizer, ReadsNothingOutsideADamagedCharsmap) {
  std::string units;
  for (uint32_t i = 0; i < 256; ++i) {
    const uint32_t word = i | 0x1ff00100U;  // every label has a value, far away
    for (int byte = 0; byte < 4; ++byte) units += static_cast<char>(word >> (8 * byte) & 0xff);
  }
  const Normalizer normalizer({PrecompiledMap{std::string("\0\x04\0\0", 4) + units + "x"}});
  EXPECT_EQ(applied(normalizer, "abc\u00e9\u4e2d"), "abc\u00e9\u4e2d");
}

}  // namespace
}  // namespace tessera
