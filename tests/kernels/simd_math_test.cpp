// The vector functions over all of their range, on every instruction set of this machine: errors in
// units in the last place, and what becomes of infinities and NaN.
#include <hwy/highway.h>

#include <functional>
#include <limits>

#include "framework/core/random.h"
#include "framework/kernels/cpu/shared/simd.h"
#include "tests/kernels/both_backends.h"

namespace tessera::testing {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kMostUlps = 4;

Values f32(Shape shape, std::vector<double> data) {
  return {{DType::f32, std::move(shape)}, std::move(data)};
}

/// The kernel's one result, of the type `out`.
std::vector<double> run_on(std::string_view op, const Attrs& attrs, const Values& x, Isa isa,
                           const TensorType& out) {
  std::vector<Values> in;
  in.push_back(x);
  return run_kernel(cpu_kernel(op), op, attrs, in, {out}, isa)[0];
}

std::vector<double> run(std::string_view op, std::vector<double> x, Isa isa) {
  for (double& v : x) v = rounded(DType::f32, v);
  const Values operand = f32({static_cast<int64_t>(x.size())}, x);
  return run_on(op, {}, operand, isa, operand.type);
}

double ulps(double got, double want) {
  const auto nearest = static_cast<float>(std::abs(want));
  const double unit =
      static_cast<double>(std::nextafter(nearest, std::numeric_limits<float>::max()) - nearest);
  return std::abs(got - want) / std::max(unit, 0x1p-149);
}

struct Function {
  const char* op;
  double low, high;
  double (*exact)(double);
};

TEST(SimdMath, ErrorsAreBelowFourUnitsInTheLastPlace) {
  const Function functions[] = {
      {"exp", -86.9, 88.7, [](double x) { return std::exp(x); }},
      {"exp", -1, 1, [](double x) { return std::exp(x); }},
      {"log", 1e-6, 4, [](double x) { return std::log(x); }},
      {"log", 0.99, 1.01, [](double x) { return std::log(x); }},
      {"log", 4, 1e30, [](double x) { return std::log(x); }},
      {"erf", -5, 5, [](double x) { return std::erf(x); }},
      {"erf", -1e-3, 1e-3, [](double x) { return std::erf(x); }},
      {"tanh", -10, 10, [](double x) { return std::tanh(x); }},
      {"tanh", -1e-2, 1e-2, [](double x) { return std::tanh(x); }},
      {"sigmoid", -80, 80, [](double x) { return 1 / (1 + std::exp(-x)); }},
      {"softplus", -80, 80,
       [](double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }},
      {"sqrt", 1e-30, 1e30, [](double x) { return std::sqrt(x); }},
      {"rsqrt", 1e-6, 10, [](double x) { return 1 / std::sqrt(x); }},
      {"sin", -100, 100, [](double x) { return std::sin(x); }},
      {"cos", -100, 100, [](double x) { return std::cos(x); }},
  };
  for (const Function& f : functions) {
    const Random random(1, f.op);
    std::vector<double> x;
    for (uint64_t i = 0; i < 10007; ++i)
      x.push_back(rounded(DType::f32, f.low + (f.high - f.low) * random.uniform(0, i)));
    for (Isa isa : isas_here()) {
      const auto y = run(f.op, x, isa);
      double worst = 0, at = 0;
      for (size_t i = 0; i < x.size(); ++i) {
        const double error = ulps(y[i], f.exact(x[i]));
        if (!(error <= worst)) {
          worst = error;
          at = x[i];
        }
      }
      EXPECT_LE(worst, kMostUlps) << f.op << " of " << at << " on " << to_string(isa);
    }
  }
}

TEST(SimdMath, InfinitiesNanAndOverflow) {
  struct Special {
    const char* op;
    double x, want;
  };
  const std::vector<Special> specials{
      {"exp", kInf, kInf},    {"exp", -kInf, 0},     {"exp", 89, kInf},    {"exp", 1e30, kInf},
      {"exp", -1e30, 0},      {"exp", 0, 1},         {"log", 0, -kInf},    {"log", -1, kNan},
      {"log", kInf, kInf},    {"log", 1, 0},         {"log", -kInf, kNan}, {"sqrt", -1, kNan},
      {"sqrt", kInf, kInf},   {"rsqrt", 0, kInf},    {"rsqrt", kInf, 0},   {"erf", kInf, 1},
      {"erf", -kInf, -1},     {"erf", 0, 0},         {"tanh", kInf, 1},    {"tanh", -kInf, -1},
      {"sigmoid", kInf, 1},   {"sigmoid", -kInf, 0}, {"sigmoid", 0, 0.5},  {"softplus", kInf, kInf},
      {"softplus", -kInf, 0}, {"abs", -kInf, kInf},  {"neg", kInf, -kInf}, {"square", -kInf, kInf},
      {"sin", kInf, kNan}};
  for (Isa isa : isas_here()) {
    for (const Special& s : specials) {
      const double y = run(s.op, {s.x}, isa)[0];
      EXPECT_TRUE(std::isnan(s.want) ? std::isnan(y) : y == s.want)
          << s.op << " of " << s.x << " is " << y << ", not " << s.want << " on " << to_string(isa);
    }
    for (const char* op : {"exp", "log", "sqrt", "rsqrt", "erf", "tanh", "sigmoid", "softplus",
                           "abs", "neg", "square", "sin", "cos", "relu"})
      for (double y : run(op, std::vector<double>(19, kNan), isa))
        EXPECT_TRUE(std::isnan(y)) << op << " of NaN on " << to_string(isa);
  }
}

TEST(SimdMath, NanIsNeitherMaximumNorLost) {
  for (Isa isa : isas_here()) {
    for (const char* op : {"maximum", "minimum"}) {
      std::vector<Values> in;
      in.push_back(f32({2}, {kNan, 1}));
      in.push_back(f32({2}, {1, kNan}));
      const auto results = run_kernel(cpu_kernel(op), op, {}, in, {in[0].type}, isa);
      for (double y : results[0]) EXPECT_TRUE(std::isnan(y)) << op;
    }
    // Rows, columns and patterns without a vector form, NaN at every place.
    struct Pattern {
      Shape shape, dims, result;
    };
    for (const Pattern& p :
         {Pattern{{131}, {0}, {}}, Pattern{{67, 3}, {0}, {3}}, Pattern{{3, 5, 7}, {0, 2}, {5}}})
      for (const char* op : {"max", "min", "sum"})
        for (int64_t at = 0; at < numel(p.shape); at += 13) {
          std::vector<double> x(static_cast<size_t>(numel(p.shape)), 1.0);
          x[static_cast<size_t>(at)] = kNan;
          const auto y =
              run_on(op, {{"dims", p.dims}}, f32(p.shape, x), isa, {DType::f32, p.result});
          EXPECT_EQ(std::count_if(y.begin(), y.end(), [](double v) { return std::isnan(v); }), 1)
              << op << " of " << to_string(p.shape) << " with NaN at " << at;
        }
  }
}

TEST(SimdMath, CastToBf16RoundsAsTheTypeDoes) {
  const Random random(2, "bits");
  std::vector<float> x;
  for (uint64_t i = 0; i < 20011; ++i)
    x.push_back(std::bit_cast<float>(static_cast<uint32_t>(random.bits(0, i))));
  for (uint32_t bits : {0x3f808000u, 0x3f818000u, 0x7f7fffffu, 0x7f800000u, 0x7f800001u,
                        0xff800000u, 0u, 0x80000000u})
    x.push_back(std::bit_cast<float>(bits));
  const auto n = static_cast<int64_t>(x.size());
  const TensorType from{DType::f32, {n}}, to{DType::bf16, {n}};
  for (Isa isa : isas_here()) {
    const DeviceProfile profile = profile_of(isa);
    const Attrs attrs{{"to", "bf16"}};
    const Kernel kernel =
        cpu_kernel("cast")({"cast", attrs, std::span(&from, 1), std::span(&to, 1), profile});
    std::vector<bfloat16> y(x.size());
    void* in[] = {x.data()};
    void* out[] = {y.data()};
    kernel.run({in, out, nullptr});
    for (size_t i = 0; i < x.size(); ++i) {
      const bool denormal = std::fpclassify(x[i]) == FP_SUBNORMAL;
      if (denormal && (y[i].bits & 0x7fff) == 0) continue;  // flushed
      ASSERT_EQ(y[i].bits, bfloat16(x[i]).bits)
          << std::bit_cast<uint32_t>(x[i]) << " on " << to_string(isa);
    }
  }
}

TEST(SimdMath, LongSumsKeepTheirDigits) {
  const Random random(3, "sum");
  std::vector<double> x;
  double exact = 0;
  for (uint64_t i = 0; i < 300007; ++i) {
    x.push_back(rounded(DType::f32, random.uniform(0, i)));
    exact += x.back();
  }
  const Values operand = f32({static_cast<int64_t>(x.size())}, x);
  for (Isa isa : isas_here()) {
    const double y = run_on("sum", {}, operand, isa, {DType::f32, {}})[0];
    EXPECT_NEAR(y / exact, 1, 2e-7) << to_string(isa);
  }
}

TEST(SimdTargets, AreThoseThatTheIsaAllows) {
#if HWY_ARCH_X86
  EXPECT_EQ(cpu::simd_targets(Isa::sse41) & (HWY_AVX2 | HWY_AVX3), 0);
  EXPECT_NE(cpu::simd_targets(Isa::sse41) & HWY_SSE4, 0);
  EXPECT_EQ(cpu::simd_targets(Isa::avx2) & HWY_AVX3, 0);
  EXPECT_NE(cpu::simd_targets(Isa::avx2) & HWY_AVX2, 0);
  EXPECT_NE(cpu::simd_targets(Isa::avx512) & HWY_AVX3, 0);
#endif
}

}  // namespace
}  // namespace tessera::testing
