#include "framework/core/inline_vector.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace tessera {
namespace {

using Short = InlineVector<int32_t, 3>;

Short counted(int count) {
  Short out;
  for (int i = 0; i < count; ++i) out.push_back(i);
  return out;
}

TEST(InlineVector, HoldsAnyNumber) {
  for (int count = 0; count < 20; ++count) {
    const Short list = counted(count);
    ASSERT_EQ(list.size(), static_cast<size_t>(count));
    EXPECT_EQ(list.empty(), count == 0);
    std::vector<int32_t> wanted(static_cast<size_t>(count));
    std::iota(wanted.begin(), wanted.end(), 0);
    EXPECT_EQ(std::vector<int32_t>(list.begin(), list.end()), wanted);
    if (count == 0) continue;
    EXPECT_EQ(list.front(), 0);
    EXPECT_EQ(list.back(), count - 1);
  }
}

TEST(InlineVector, CopiesAndMovesBetweenAllLengths) {
  for (int from : {0, 2, 3, 4, 9}) {
    for (int to : {0, 2, 3, 4, 9}) {
      const Short source = counted(from);
      Short copy = counted(to);
      copy = source;
      EXPECT_EQ(copy, source);
      copy.push_back(7);
      EXPECT_EQ(source, counted(from));
      Short moved = counted(to);
      moved = std::move(copy);
      EXPECT_EQ(moved.size(), source.size() + 1);
      const Short made = std::move(moved);
      EXPECT_EQ(made.back(), 7);
      EXPECT_EQ(Short(std::span<const int32_t>(made)), made);
    }
  }
  EXPECT_EQ((Short{0, 1, 2, 3}), counted(4));
  EXPECT_FALSE(counted(3) == counted(4));
}

}  // namespace
}  // namespace tessera
