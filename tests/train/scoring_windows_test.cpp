// Windows score every token once, each after enough others.
#include "framework/train/scoring_windows.h"

#include <gtest/gtest.h>

#include <ostream>

namespace tessera {

void PrintTo(const ScoringWindow& w, std::ostream* out) {
  *out << w.begin << ' ' << w.scored << ' ' << w.end;
}

namespace {

TEST(ScoringWindows, AreTheExpectedOnes) {
  using Windows = std::vector<ScoringWindow>;
  EXPECT_EQ(scoring_windows(0, 4, 2), Windows{});
  EXPECT_EQ(scoring_windows(1, 4, 2), Windows{});
  EXPECT_EQ(scoring_windows(2, 4, 2), (Windows{{0, 1, 2}}));
  EXPECT_EQ(scoring_windows(5, 4, 2), (Windows{{0, 1, 5}}));
  EXPECT_EQ(scoring_windows(8, 4, 2), (Windows{{0, 1, 5}, {2, 5, 7}, {3, 7, 8}}));
  EXPECT_EQ(scoring_windows(9, 4, 4), (Windows{{0, 1, 5}, {4, 5, 9}}));
}

TEST(ScoringWindows, ScoreEachTokenOnceAndAfterEnough) {
  for (size_t count = 0; count < 40; ++count)
    for (size_t length = 1; length < 9; ++length)
      for (size_t stride = 1; stride <= length; ++stride) {
        size_t next = 1;
        for (const ScoringWindow& w : scoring_windows(count, length, stride)) {
          EXPECT_EQ(w.scored, next);
          EXPECT_LE(w.end - 1 - w.begin, length);
          EXPECT_GE(w.scored - w.begin, w.begin == 0 ? 1 : length - stride + 1);
          next = w.end;
        }
        EXPECT_EQ(next, std::max(count, size_t{1}));
      }
}

}  // namespace
}  // namespace tessera
