// dropout: the mask is that of the Philox stream, element by element, whatever the instruction set.
#include "framework/core/random.h"
#include "tests/kernels/both_backends.h"

namespace tessera {
namespace {

using namespace testing;

Attrs attrs_of(double rate, std::string stream = "layer.0") {
  return {{"rate", rate}, {"seed", int64_t{1234567890123}}, {"stream", stream}};
}

TEST(Dropout, AsTheReference) {
  for (DType dtype : {DType::f32, DType::bf16})
    for (int64_t n : {1, 3, 4, 31, 33, 5000})
      for (double step : {0.0, 5e9}) {
        const Values x = random_values(dtype, {n}, 1);
        const Values at{{DType::i64, {}}, {step}};
        for (double rate : {0.0, 0.1, 0.5})
          expect_as_reference("dropout", attrs_of(rate), {x, at}, {x.type}, 3e-7);
      }
  const Values x = random_values(DType::f32, {7}, 1);
  expect_as_reference("dropout", attrs_of(0.3), {x, integers({}, {17})}, {x.type}, 3e-7, {{0, 0}});
}

/// Parts of a batch draw what the whole draws, also where a part begins inside a Philox block.
TEST(Dropout, PartsAsTheWhole) {
  const Values step{{DType::i64, {}}, {3}};
  for (int64_t n : {1, 3, 6, 33, 1024, 2051}) {
    const Values whole = random_values(DType::f32, {4 * n}, 1);
    const auto expected =
        run_cpu("dropout", attrs_of(0.4), {whole, step}, {whole.type}, isas_here().back())[0];
    for (int64_t part = 0; part < 4; ++part) {
      const auto begin = static_cast<size_t>(part * n), end = begin + static_cast<size_t>(n);
      const auto cut = [&](const std::vector<double>& from) {
        return std::vector<double>(from.begin() + static_cast<std::ptrdiff_t>(begin),
                                   from.begin() + static_cast<std::ptrdiff_t>(end));
      };
      Values x = random_values(DType::f32, {n}, 1);
      x.data = cut(whole.data);
      for (DType dtype : {DType::i64, DType::i32}) {
        Values at = random_values(dtype, {}, 1);
        at.data = {static_cast<double>(part)};
        expect_as_reference("dropout", attrs_of(0.4), {x, step, at}, {x.type}, 3e-7);
        const auto got =
            run_cpu("dropout", attrs_of(0.4), {x, step, at}, {x.type}, isas_here().back())[0];
        EXPECT_EQ(std::vector<double>(got.begin(), got.end()), cut(expected)) << n << " " << part;
      }
    }
  }
}

TEST(Dropout, RateAndIndependence) {
  const int64_t n = 200000;
  Values ones = random_values(DType::f32, {n}, 1);
  std::fill(ones.data.begin(), ones.data.end(), 1.0);
  const auto mask = [&](double step, std::string stream) {
    return run_cpu("dropout", attrs_of(0.25, stream), {ones, {{DType::i64, {}}, {step}}},
                   {ones.type}, isas_here().back())[0];
  };
  const auto a = mask(1, "a"), b = mask(2, "a"), c = mask(1, "b");
  double kept = 0, with_b = 0, with_c = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    kept += a[i] > 0;
    with_b += a[i] > 0 && b[i] > 0;
    with_c += a[i] > 0 && c[i] > 0;
  }
  const auto total = static_cast<double>(n);
  EXPECT_NEAR(kept / total, 0.75, 0.005);
  EXPECT_NEAR(with_b / total, 0.75 * 0.75, 0.005);
  EXPECT_NEAR(with_c / total, 0.75 * 0.75, 0.005);
}

}  // namespace
}  // namespace tessera
