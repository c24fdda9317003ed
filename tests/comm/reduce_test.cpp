#include "framework/comm/reduce.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace tessera {
namespace {

TEST(Reduce, SumsInTheOrderGiven) {
  // (1e8 + 1) - 1e8 is 0 in f32, (1e8 - 1e8) + 1 is 1.
  const float big = 1e8F, one = 1, less = -1e8F;
  float sum = 0;
  const void* first[] = {&big, &one, &less};
  reduce(Reduction::sum, DType::f32, DType::f32, first, &sum, 1);
  EXPECT_EQ(sum, 0.0F);
  const void* second[] = {&big, &less, &one};
  reduce(Reduction::sum, DType::f32, DType::f32, second, &sum, 1);
  EXPECT_EQ(sum, 1.0F);
}

TEST(Reduce, RoundsBf16Once) {
  // 256 + 1 + 1 + 1 = 259, which rounds to 260; rounded after each addition it would stay 256.
  const bfloat16 big(256), one(1);
  const void* sources[] = {&big, &one, &one, &one};
  bfloat16 narrow;
  reduce(Reduction::sum, DType::bf16, DType::bf16, sources, &narrow, 1);
  EXPECT_EQ(static_cast<float>(narrow), 260.0F);
  float wide = 0;
  reduce(Reduction::sum, DType::bf16, DType::f32, sources, &wide, 1);
  EXPECT_EQ(wide, 259.0F);
}

TEST(Reduce, MayEndWhereASourceLies) {
  for (const size_t ranks : {1, 2, 3, 5}) {
    for (size_t place = 0; place < ranks; ++place) {
      std::vector<std::vector<int64_t>> data(ranks, std::vector<int64_t>(3001));
      std::vector<const void*> sources;
      for (size_t r = 0; r < ranks; ++r) {
        for (size_t i = 0; i < data[r].size(); ++i) data[r][i] = int64_t(i * 10 + r);
        sources.push_back(data[r].data());
      }
      reduce(Reduction::sum, DType::i64, DType::i64, sources, data[place].data(), 3001);
      for (size_t i = 0; i < 3001; ++i)
        ASSERT_EQ(data[place][i], int64_t(ranks * i * 10 + ranks * (ranks - 1) / 2));
    }
  }
}

TEST(Reduce, AMaximumKeepsNan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float a[] = {1, nan, 3, -1}, b[] = {2, 5, nan, -2};
  float largest[4];
  const void* sources[] = {a, b};
  reduce(Reduction::max, DType::f32, DType::f32, sources, largest, 4);
  EXPECT_EQ(largest[0], 2);
  EXPECT_TRUE(std::isnan(largest[1]));
  EXPECT_TRUE(std::isnan(largest[2]));
  EXPECT_EQ(largest[3], -1);
}

TEST(Reduce, OtherPairsOfTypesAreRefused) {
  float x = 0;
  const void* sources[] = {&x};
  EXPECT_THROW(reduce(Reduction::sum, DType::f32, DType::f64, sources, &x, 0), InternalError);
  EXPECT_THROW(reduce(Reduction::sum, DType::f32, DType::f32, {}, &x, 0), InternalError);
  EXPECT_THROW(convert(DType::f64, DType::f32, &x, &x, 0), InternalError);
}

}  // namespace
}  // namespace tessera
