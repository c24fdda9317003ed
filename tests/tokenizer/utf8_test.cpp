#include "framework/tokenizer/utf8.h"

#include <gtest/gtest.h>

#include "framework/core/random.h"

namespace tessera {
namespace {

TEST(Utf8, EveryScalarValueComesBack) {
  for (char32_t value = 0; value <= 0x10ffff; ++value) {
    if (value >= 0xd800 && value < 0xe000) continue;
    const std::string text = to_utf8(value);
    const CodePoint point = decode_utf8(text, 0);
    ASSERT_EQ(point.value, value);
    ASSERT_EQ(point.bytes, text.size());
    for (size_t cut = 1; cut < text.size(); ++cut) {
      ASSERT_FALSE(decode_utf8(text.substr(0, cut), 0).valid());
      ASSERT_EQ(decode_utf8(text.substr(0, cut), 0).bytes, cut);
      ASSERT_EQ(whole_characters("ab" + text.substr(0, cut)), 2U);
    }
    ASSERT_EQ(whole_characters("ab" + text), 2 + text.size());
  }
}

/// Table 3-8 of the Unicode Standard, and its neighbours.
TEST(Utf8, InvalidBytesAreReplacedBySubparts) {
  EXPECT_EQ(replace_invalid_utf8("a\xf1\x80\x80\xe1\x80\xc2"
                                 "b\x80"
                                 "c\x80\xbf"
                                 "d"),
            "a���b�c��d");
  EXPECT_EQ(replace_invalid_utf8("\xc0\xaf\xe0\x80\xbf\xf0\x81\x82"
                                 "A"),
            "��������A");
  EXPECT_EQ(replace_invalid_utf8("\xed\xa0\x80\xed\xbf\xbf\xed\xaf"
                                 "A"),
            "��������A");
  EXPECT_EQ(replace_invalid_utf8("\xf4\x91\x92\x93\xff"
                                 "A\x80\xbf"
                                 "B"),
            "�����A��B");
  EXPECT_EQ(replace_invalid_utf8("\xe1\x80\xe2\xf0\x91\x92\xf1\xbf"
                                 "A"),
            "����A");
  EXPECT_EQ(replace_invalid_utf8("grün 🦙"), "grün 🦙");
  EXPECT_TRUE(is_utf8("grün 🦙"));
  EXPECT_FALSE(is_utf8("gr\xc3"));
}

TEST(Utf8, AnUnfinishedCharacterIsHeldBackAndADamagedOneIsNot) {
  EXPECT_EQ(whole_characters("a\xe2\x82"), 1U);
  EXPECT_EQ(whole_characters("a\xe2\xff"), 3U);
  EXPECT_EQ(whole_characters("a\x82\x82\x82"), 4U);
  EXPECT_EQ(whole_characters("\xf0\x9f\xa6"), 0U);
  EXPECT_EQ(whole_characters("\xed\xa0"), 2U);  // half of a surrogate: no byte completes it
  EXPECT_EQ(whole_characters(""), 0U);
}

TEST(Utf8, AnyBytesAreReadToTheirEnd) {
  const Random random(1, "test.utf8");
  for (uint64_t sample = 0; sample < 2000; ++sample) {
    std::string text;
    for (uint32_t i = 0; i < 40; ++i) text += static_cast<char>(random.below(256, sample, i));
    size_t at = 0;
    while (at < text.size()) at += decode_utf8(text, at).bytes;
    EXPECT_EQ(at, text.size());
    EXPECT_TRUE(is_utf8(replace_invalid_utf8(text)));
    EXPECT_LE(whole_characters(text), text.size());
  }
}

}  // namespace
}  // namespace tessera
