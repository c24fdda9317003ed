#include "framework/core/utf16.h"

#include <gtest/gtest.h>

#include <string>

namespace tessera {
namespace {

std::string wide(const std::string& text, bool little) {
  std::string out;
  for (const char c : text) out += little ? std::string{c, '\0'} : std::string{'\0', c};
  return out;
}

TEST(Utf16, IsToldWithAndWithoutItsMark) {
  EXPECT_TRUE(looks_like_utf16("\xff\xfe" + wide("a", true)));
  EXPECT_TRUE(looks_like_utf16("\xfe\xff" + wide("a", false)));
  EXPECT_TRUE(looks_like_utf16(wide("plain text", true)));
  EXPECT_TRUE(looks_like_utf16(wide("plain text", false)));
}

TEST(Utf16, IsNotSeenInOtherFiles) {
  EXPECT_FALSE(looks_like_utf16(""));
  EXPECT_FALSE(looks_like_utf16("plain text"));
  EXPECT_FALSE(looks_like_utf16(std::string(100, '\0')));
  EXPECT_FALSE(
      looks_like_utf16(std::string("\x7f"
                                   "ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0>\0",
                                   20)));
  EXPECT_FALSE(looks_like_utf16(std::string("a\0b", 3)));
}

}  // namespace
}  // namespace tessera
