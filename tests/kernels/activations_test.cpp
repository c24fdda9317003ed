// Activations and their gradients against double over a fine grid, on every instruction set:
// absolute errors near the rounding of f32, NaN passing through, nothing but 0, x or NaN at the far
// ends.
#include <functional>

#include "tests/kernels/both_backends.h"

namespace tessera {
namespace {

using namespace testing;

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }
double tanh_inner(double x) { return std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x); }

struct Function {
  std::string op;
  Attrs attrs;
  std::function<double(double)> f;
  bool of_result = false;  // the gradient op takes y in the place of x
};

const std::vector<Function>& functions() {
  static const std::vector<Function> list{
      {"gelu", {{"form", "erf"}}, [](double x) { return x * normal_cdf(x); }},
      {"gelu",
       {{"form", "tanh"}},
       [](double x) { return 0.5 * x * (1 + std::tanh(tanh_inner(x))); }},
      {"silu", {}, [](double x) { return x / (1 + std::exp(-x)); }},
      {"tanh", {}, [](double x) { return std::tanh(x); }, true},
      {"sigmoid", {}, [](double x) { return 1 / (1 + std::exp(-x)); }, true},
      {"relu", {}, [](double x) { return x < 0 ? 0 : x; }, true}};
  return list;
}

/// The slope by a central difference in double, right to about 1e-9.
double slope(const Function& function, double x) {
  const double h = 1e-5;
  return (function.f(x + h) - function.f(x - h)) / (2 * h);
}

Values grid(DType dtype, double low, double high, int64_t n) {
  Values x = values(dtype, {n}, {});
  for (int64_t i = 0; i < n; ++i)
    x.data.push_back(rounded(
        dtype, low + (high - low) * (static_cast<double>(i) + 0.3) / static_cast<double>(n)));
  return x;
}

TEST(Activations, ValuesOverAFineGrid) {
  for (const Function& function : functions())
    for (DType dtype : {DType::f32, DType::bf16})
      for (auto [low, high] : {std::pair{-1.0, 1.0}, {-12.0, 12.0}, {-100.0, 100.0}}) {
        const Values x = grid(dtype, low, high, 20011);
        std::vector<double> want;
        for (double v : x.data) want.push_back(function.f(v));
        for (Isa isa : isas_here()) {
          const auto got = run_cpu(function.op, function.attrs, {x}, {x.type}, isa);
          EXPECT_LE(largest_difference(got[0], want), dtype == DType::bf16 ? 0x1p-8 : 4e-7)
              << function.op << to_string(function.attrs) << " " << to_string(dtype) << " on "
              << to_string(isa) << " in " << low << ".." << high;
        }
      }
}

TEST(Activations, GradientsOverAFineGrid) {
  for (const Function& function : functions())
    for (DType dtype : {DType::f32, DType::bf16}) {
      const Values x = grid(dtype, -12.0, 12.0, 20011);
      Values dy = random_values(dtype, x.type.shape, 7, 0.25);
      Values first = x;
      if (function.of_result)
        for (double& v : first.data) v = rounded(dtype, function.f(v));
      std::vector<double> want;
      for (size_t i = 0; i < x.data.size(); ++i) {
        double s = slope(function, x.data[i]);
        const double y = first.data[i];
        if (function.op == "tanh") s = 1 - y * y;
        if (function.op == "sigmoid") s = y * (1 - y);
        want.push_back(dy.data[i] * s);
      }
      for (Isa isa : isas_here()) {
        const auto got = run_cpu(function.op + "_grad", function.attrs, {first, dy}, {x.type}, isa);
        EXPECT_LE(largest_difference(got[0], want), dtype == DType::bf16 ? 0x1p-8 : 1.5e-6)
            << function.op << to_string(function.attrs) << " " << to_string(dtype) << " on "
            << to_string(isa);
      }
    }
}

TEST(Activations, NanIsSeenAndFarEndsAreQuiet) {
  const double nan = std::nan("");
  Values x = values(DType::f32, {19}, std::vector<double>(19, 0.5));
  x.data[3] = nan;
  x.data[17] = nan;
  x.data[18] = nan;
  x.data[0] = -3e38;
  x.data[1] = 3e38;
  x.data[2] = -200;
  const Values ones = values(DType::f32, {19}, std::vector<double>(19, 1.0));
  for (const Function& function : functions())
    for (Isa isa : isas_here()) {
      const auto y = run_cpu(function.op, function.attrs, {x}, {x.type}, isa)[0];
      const auto dx = run_cpu(function.op + "_grad", function.attrs, {x, ones}, {x.type}, isa)[0];
      for (size_t i : {3, 17, 18}) {
        EXPECT_TRUE(std::isnan(y[i])) << function.op << to_string(isa);
        EXPECT_TRUE(std::isnan(dx[i])) << function.op << to_string(isa);
      }
      for (size_t i : {0, 1, 2})
        EXPECT_EQ(y[i], rounded(DType::f32, function.f(x.data[i]))) << function.op;
    }
}

TEST(Activations, OtherTypesAreRefused) {
  const Values x = values(DType::f64, {4}, {1, 2, 3, 4});
  EXPECT_THROW(run_cpu("gelu", {{"form", "erf"}}, {x}, {x.type}, Isa::avx2), UserError);
}

}  // namespace
}  // namespace tessera
