#include "framework/comm/warnings.h"

#include <gtest/gtest.h>

namespace tessera {
namespace {

using Lines = std::vector<std::string>;

TEST(Warnings, WhatSeveralRanksSayIsOneLine) {
  Warnings warnings({"a", "b", "b"});
  warnings.add(2, "the fan is loud", 10);
  warnings.add(0, "the disk is slow", 10.5);
  warnings.add(1, "the fan is loud", 10.75);
  warnings.add(1, "the fan is loud", 10.75);
  EXPECT_EQ(warnings.take(10.75), Lines{});
  EXPECT_EQ(warnings.take(11), Lines{"ranks 1, 2 (b): the fan is loud"});
  EXPECT_EQ(warnings.take(12), Lines{"rank 0 (a): the disk is slow"});
  EXPECT_EQ(warnings.take(), Lines{});
}

TEST(Warnings, WhatIsSaidAgainLaterIsPrintedAgain) {
  Warnings warnings({"a", "b"});
  for (const double now : {1.0, 5.0}) {
    warnings.add(1, "the fan is loud", now);
    EXPECT_EQ(warnings.take(), Lines{"rank 1 (b): the fan is loud"});
  }
}

TEST(Warnings, OfManyRanksTheFirstAreNamed) {
  Warnings warnings(Lines(100, "a"));
  for (int rank = 0; rank < 100; ++rank) warnings.add(rank, "hot", 1);
  EXPECT_EQ(warnings.take(), Lines{"ranks 0, 1, 2, 3, 4, 5, 6, 7 and 92 more (a): hot"});
}

}  // namespace
}  // namespace tessera
