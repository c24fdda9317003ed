#include "framework/tokenizer/decoder.h"

#include <gtest/gtest.h>

#include "framework/tokenizer/byte_level.h"
#include "framework/tokenizer/hugging_face_decoder.h"
#include "framework/tokenizer/utf8.h"
#include "tests/tokenizer/golden_json.h"

namespace tessera {
namespace {

using Tokens = std::vector<std::string>;

TEST(Decoder, TextsAreThoseOfTheReference) {
  const nlohmann::json golden = golden_json("decoders.json");
  size_t compared = 0;
  for (const auto& one : golden["cases"]) {
    const Decoder decoder = parse_decoder(one["decoder"], "test");
    for (size_t i = 0; i < golden["tokens"].size(); ++i) {
      if (one["texts"][i].is_null()) continue;  // the reference fails, or loses bytes
      const auto tokens = golden["tokens"][i].get<Tokens>();
      EXPECT_EQ(decoder.apply(tokens), one["texts"][i].get<std::string>())
          << one["decoder"].dump() << " of " << golden["tokens"][i].dump();
      ++compared;
    }
  }
  EXPECT_GT(compared, 400U);
}

TEST(Decoder, BytesThatAreNoTextAreKept) {
  EXPECT_EQ(Decoder({ByteLevelDecoder{}}).apply({"Ã", "x"}), "\xc3x");
  EXPECT_EQ(Decoder({ByteFallbackDecoder{}}).apply({"<0xFF>", "<0xC3>", "x", "<0x80>"}),
            "\xff\xc3x\x80");
}

TEST(Decoder, StripsATokenOfNothingElse) {
  EXPECT_EQ(Decoder({StripDecoder{' ', 2, 2}}).apply({"   ", " ", "    x "}), "  x");
}

TEST(Decoder, ReplacesManyMatchesOfALongToken) {
  const ReplaceDecoder replace{Pattern::regex("a", RegexDialect::oniguruma, "a test"), "bc"};
  std::string expected;
  for (int i = 0; i < 1'000'000; ++i) expected += "bc";
  EXPECT_TRUE(Decoder({replace}).apply({std::string(1'000'000, 'a')}) == expected);
}

TEST(Decoder, KnowsWhenItOnlyJoinsBytes) {
  EXPECT_TRUE(Decoder({ByteLevelDecoder{}}).joins_bytes());
  EXPECT_FALSE(Decoder().joins_bytes());
  EXPECT_FALSE(Decoder({FuseDecoder{}, ByteLevelDecoder{}}).joins_bytes());
}

TEST(ByteLevel, EveryByteHasACharacter) {
  EXPECT_EQ(byte_character(' '), U'Ġ');
  EXPECT_EQ(byte_character('\n'), U'Ċ');
  EXPECT_EQ(byte_character(0xad), U'\x143');
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) {
    EXPECT_EQ(character_byte(byte_character(static_cast<unsigned char>(byte))), byte);
    bytes.push_back(static_cast<char>(byte));
  }
  EXPECT_EQ(from_byte_characters(to_byte_characters(bytes)), bytes);
  EXPECT_EQ(from_byte_characters("a b"), std::nullopt);
  EXPECT_EQ(from_byte_characters("日"), std::nullopt);
  EXPECT_EQ(from_byte_characters("a\xff"), std::nullopt);
  EXPECT_EQ(character_byte(CodePoint::kInvalid), -1);
}

}  // namespace
}  // namespace tessera
