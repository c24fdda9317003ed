// The gradient kernel of attention against a plain computation in double.
#include "tests/kernels/attention_case.h"

namespace tessera {
namespace cpu {
Kernel attention_grad_kernel(const KernelSpec& spec);
}

namespace {

using namespace testing;

constexpr Isa kIsas[] = {Isa::sse41, Isa::avx2, Isa::avx512_bf16};

struct Operands {
  Values q, k, v, dy;
};

Operands operands_of(const AttentionCase& test, DType dtype) {
  const Shape query{test.b, test.s, test.h, test.d}, key{test.b, test.t, test.g, test.d};
  return {random_values(dtype, query, 1), random_values(dtype, key, 2),
          random_values(dtype, key, 3), random_values(dtype, query, 4)};
}

std::vector<std::vector<double>> run(const AttentionCase& test, Isa isa, const Operands& x,
                                     const AttentionResult& plain) {
  Values o{x.q.type, plain.o}, lse{{}, plain.lse};
  lse.type.shape = {test.b, test.h, test.s};
  std::vector<Values> operands{x.q, x.k, x.v, o, lse, x.dy};
  test.append_masks(operands);
  return run_kernel(&cpu::attention_grad_kernel, "attention_grad", test.attrs(), operands,
                    {x.q.type, x.k.type, x.v.type}, isa);
}

void expect_gradients(const AttentionCase& test, DType dtype, Isa isa) {
  SCOPED_TRACE(fmt::format("{} {} on {}", test.name(), dtype, to_string(isa)));
  const Operands x = operands_of(test, dtype);
  const AttentionResult want = plain_attention(test, x.q, x.k, x.v, x.dy.data);
  const auto got = run(test, isa, x, want);
  const double tolerance = dtype == DType::f32 ? 5e-6 : 2e-2;
  // With a single visible key everywhere dq and dk are zero up to rounding.
  const auto error = [](const std::vector<double>& a, const std::vector<double>& b) {
    double largest = 0;
    for (double y : b) largest = std::max(largest, std::abs(y));
    return worst_error(a, b) * (largest < 1e-6 ? largest : 1.0);
  };
  EXPECT_LT(error(got[0], want.dq), tolerance);
  EXPECT_LT(error(got[1], want.dk), tolerance);
  EXPECT_LT(error(got[2], want.dv), tolerance);
}

TEST(AttentionGrad, F32) {
  for (Isa isa : kIsas)
    for (const AttentionCase& test : attention_cases()) expect_gradients(test, DType::f32, isa);
}

TEST(AttentionGrad, Bf16) {
  for (Isa isa : kIsas)
    for (const AttentionCase& test : attention_cases()) expect_gradients(test, DType::bf16, isa);
}

/// Keys and values that a query does not see cannot reach its gradient, nor can its gradient reach
/// them.
TEST(AttentionGrad, MaskedNaNDoesNotLeak) {
  for (const AttentionCase& test : attention_cases())
    for (Isa isa : kIsas)
      for (DType dtype : {DType::f32, DType::bf16}) {
        SCOPED_TRACE(fmt::format("{} {} on {}", test.name(), dtype, to_string(isa)));
        Operands x = operands_of(test, dtype);
        const int64_t bad = test.t / 2;
        std::vector<bool> sees(static_cast<size_t>(test.b * test.s));
        for (int64_t e = 0; e < test.b; ++e) {
          for (int64_t i = 0; i < test.s; ++i)
            sees[static_cast<size_t>(e * test.s + i)] = test.sees(e, i, bad);
          for (int64_t n = 0; n < test.g * test.d; ++n) {
            const auto at = static_cast<size_t>((e * test.t + bad) * test.g * test.d + n);
            x.k.data[at] = NAN;
            x.v.data[at] = INFINITY;
          }
        }
        const AttentionResult want = plain_attention(test, x.q, x.k, x.v, x.dy.data);
        const auto got = run(test, isa, x, want);
        for (size_t i = 0; i < got[0].size(); ++i)
          ASSERT_TRUE(sees[i / static_cast<size_t>(test.h * test.d)] || std::isfinite(got[0][i]))
              << "dq " << i;
        for (size_t i = 0; i < got[1].size(); ++i) {
          ASSERT_EQ(std::isfinite(want.dk[i]), std::isfinite(got[1][i])) << "dk " << i;
          ASSERT_EQ(std::isfinite(want.dv[i]), std::isfinite(got[2][i])) << "dv " << i;
        }
      }
}

TEST(AttentionGrad, BlindRowsGiveZeros) {
  const AttentionCase test{2, 70, 70, 2, 2, 8, true, 0, {}, {0, 70}};
  Operands x = operands_of(test, DType::f32);
  for (size_t i = 0; i < x.k.data.size() / 2; ++i) x.k.data[i] = x.v.data[i] = NAN;
  const AttentionResult want = plain_attention(test, x.q, x.k, x.v, x.dy.data);
  const auto got = run(test, Isa::avx512_bf16, x, want);
  for (const auto& gradient : got)
    for (size_t i = 0; i < gradient.size() / 2; ++i) ASSERT_EQ(gradient[i], 0.0);
}

}  // namespace
}  // namespace tessera
