#include "framework/core/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace tessera {
namespace {

using Words = std::array<uint32_t, 4>;

// Known answers that the authors of Philox publish with their library (Random123, kat_vectors).
TEST(Philox, GivesTheKnownAnswers) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr uint32_t ones = 0xffffffff;
  EXPECT_EQ(philox({ones, ones, ones, ones}, {ones, ones}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, ADrawDependsOnItsAddressAlone) {
  const Random a(7, "dropout"), again(7, "dropout");
  EXPECT_EQ(a.bits(3, 1000000007), again.bits(3, 1000000007));
  std::set<uint64_t> seen;
  for (const uint64_t seed : {7, 8})
    for (const char* name : {"dropout", "init"})
      for (const uint64_t step : {uint64_t{0}, uint64_t{1}, uint64_t{1} << 40})
        for (const uint64_t index : {uint64_t{0}, uint64_t{1}, uint64_t{1} << 33})
          seen.insert(Random(seed, name).bits(step, index));
  EXPECT_EQ(seen.size(), 36u);
}

TEST(Random, UniformAndNormalHaveTheirMoments) {
  const Random random(1, "moments");
  constexpr int n = 200000;
  double uniform = 0, squares = 0, normal = 0, normal_squares = 0, least = 1, most = 0;
  for (int i = 0; i < n; ++i) {
    const double u = random.uniform(0, i), z = random.normal(1, i);
    uniform += u;
    squares += u * u;
    normal += z;
    normal_squares += z * z;
    least = std::min(least, u);
    most = std::max(most, u);
  }
  EXPECT_NEAR(uniform / n, 0.5, 0.003);  // four standard errors and more
  EXPECT_NEAR(squares / n, 1.0 / 3, 0.003);
  EXPECT_NEAR(normal / n, 0, 0.01);
  EXPECT_NEAR(normal_squares / n, 1, 0.02);
  EXPECT_GE(least, 0);
  EXPECT_LT(most, 1);
}

TEST(Random, BelowStaysBelowAndReachesAll) {
  const Random random(1, "below");
  std::set<uint64_t> seen;
  for (uint64_t i = 0; i < 1000; ++i) seen.insert(random.below(7, 0, i));
  EXPECT_EQ(seen.size(), 7u);
  EXPECT_EQ(*seen.rbegin(), 6u);
  EXPECT_EQ(random.below(1, 0, 5), 0u);
}

}  // namespace
}  // namespace tessera
