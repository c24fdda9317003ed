#include "framework/train/stop_text.h"

#include <gtest/gtest.h>

namespace tessera {
namespace {

/// What is shown for each byte of `made`, joined by '|', and at the end.
std::string shown(const std::vector<std::string>& stops, const std::string& made, bool* found) {
  const Tokenizer tokenizer{ByteTokenizer()};
  StopText text(tokenizer, stops, tokenizer.encode("ab"));
  std::string out;
  for (const int32_t id : tokenizer.encode(made)) out += text.add(id) + "|";
  out += text.finish();
  *found = text.found();
  return out;
}

TEST(StopText, EndsBeforeTheFirstStopString) {
  bool found = false;
  EXPECT_EQ(shown({"cd"}, "abcde", &found), "a|b||||");
  EXPECT_TRUE(found);
  EXPECT_EQ(shown({"xyz", "b"}, "aab", &found), "a|a||");
  EXPECT_TRUE(found);
}

TEST(StopText, HoldsBackWhatMayBecomeOne) {
  bool found = false;
  EXPECT_EQ(shown({"aab"}, "aaab", &found), "||a||");
  EXPECT_TRUE(found);
  EXPECT_EQ(shown({"abc"}, "abx", &found), "||abx|");
  EXPECT_FALSE(found);
  EXPECT_EQ(shown({"abc"}, "xab", &found), "x|||ab");
  EXPECT_FALSE(found);
}

TEST(StopText, ThePromptDoesNotCount) {
  bool found = false;
  EXPECT_EQ(shown({"bc"}, "c", &found), "c|");
  EXPECT_FALSE(found);
}

TEST(StopText, WithoutStopStringsNothingIsHeldBack) {
  bool found = false;
  EXPECT_EQ(shown({}, "añ", &found), "a||ñ|");
  EXPECT_FALSE(found);
}

}  // namespace
}  // namespace tessera
