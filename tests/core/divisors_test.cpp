#include "framework/core/divisors.h"

#include <gtest/gtest.h>

namespace tessera {
namespace {

TEST(Divisors, AllOfThemInOrder) {
  for (int64_t number = 1; number < 300; ++number) {
    std::vector<int64_t> wanted;
    for (int64_t i = 1; i <= number; ++i)
      if (number % i == 0) wanted.push_back(i);
    EXPECT_EQ(divisors_of(number), wanted);
  }
  EXPECT_EQ(divisors_of(int64_t{1} << 38).size(), 39u);
}

}  // namespace
}  // namespace tessera
