#include "framework/core/shortened.h"

#include <gtest/gtest.h>

#include <string>

namespace tessera {
namespace {

TEST(Shortened, CutsNoCharacterInTwo) {
  EXPECT_EQ(shortened("abc", 3), "abc");
  EXPECT_EQ(shortened("abcd", 3), "abc");
  EXPECT_EQ(shortened("", 0), "");
  EXPECT_EQ(shortened("a\u00e9b", 2), "a");
  EXPECT_EQ(shortened("a\u00e9b", 3), "a\u00e9");
  const std::string llamas = "\U0001f999\U0001f999";
  for (size_t most = 4; most < 8; ++most) EXPECT_EQ(shortened(llamas, most), llamas.substr(0, 4));
  EXPECT_EQ(shortened(llamas, 3), "");
  EXPECT_EQ(shortened(std::string(300, 'x')).size(), 200U);
}

TEST(Shortened, CutsWhatIsNoUtf8AnyWhere) {
  const std::string text(10, '\x80');
  EXPECT_EQ(shortened(text, 7).size(), 7U);
  EXPECT_EQ(shortened(text, 2).size(), 2U);
}

}  // namespace
}  // namespace tessera
