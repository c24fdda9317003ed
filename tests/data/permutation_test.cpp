#include "framework/data/permutation.h"

#include <gtest/gtest.h>

#include <vector>

#include "framework/core/error.h"

namespace tessera {
namespace {

const Random kRandom(7, "test.permutation");

TEST(Permutation, IsABijection) {
  std::vector<uint64_t> sizes = {1000, 4095, 4096, 4097, 65537};
  for (uint64_t n = 1; n <= 130; ++n) sizes.push_back(n);
  for (const uint64_t n : sizes) {
    const Permutation permutation(n, kRandom, n);
    std::vector<bool> seen(n);
    for (uint64_t i = 0; i < n; ++i) {
      const uint64_t to = permutation(i);
      ASSERT_LT(to, n);
      EXPECT_FALSE(seen[to]) << n;
      seen[to] = true;
    }
  }
}

TEST(Permutation, StaysInsideVeryLargeRanges) {
  for (const uint64_t n : {uint64_t{1} << 40, (uint64_t{1} << 40) + 1, ~uint64_t{0}}) {
    const Permutation permutation(n, kRandom, 0);
    for (uint64_t i = 0; i < 1000; ++i) EXPECT_LT(permutation(n - 1 - i), n);
  }
}

TEST(Permutation, IsPureAndDiffersByStep) {
  const uint64_t n = 1000;
  const Permutation a(n, kRandom, 1), again(n, kRandom, 1), b(n, kRandom, 2);
  uint64_t equal = 0, fixed = 0;
  for (uint64_t i = 0; i < n; ++i) {
    EXPECT_EQ(a(i), again(i));
    equal += a(i) == b(i) ? 1 : 0;
    fixed += a(i) == i ? 1 : 0;
  }
  EXPECT_LT(equal, 10u);  // about one of each in a random order
  EXPECT_LT(fixed, 10u);
}

TEST(Permutation, EveryEntryGoesEverywhere) {
  const uint64_t n = 10, steps = 5000;
  std::vector<int> counts(n * n);
  for (uint64_t step = 0; step < steps; ++step) {
    const Permutation permutation(n, kRandom, step);
    for (uint64_t i = 0; i < n; ++i) ++counts[i * n + permutation(i)];
  }
  for (int count : counts) EXPECT_NEAR(count, 500, 5 * 21.2);  // five standard deviations
}

TEST(Permutation, RefusesEntriesOutside) {
  EXPECT_THROW(Permutation(0, kRandom, 0), InternalError);
  EXPECT_THROW(Permutation(5, kRandom, 0)(5), InternalError);
}

}  // namespace
}  // namespace tessera
