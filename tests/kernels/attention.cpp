// The attention kernel against a plain computation in double.
#include "tests/kernels/attention_case.h"

namespace tessera {
namespace cpu {
Kernel attention_kernel(const KernelSpec& spec);
}

namespace {

using namespace testing;

constexpr Isa kIsas[] = {Isa::sse41, Isa::avx2, Isa::avx512_bf16};

std::vector<std::vector<double>> run(const AttentionCase& test, DType dtype, Isa isa,
                                     const Values& q, const Values& k, const Values& v) {
  std::vector<Values> operands{q, k, v};
  test.append_masks(operands);
  return run_kernel(&cpu::attention_kernel, "attention", test.attrs(), operands,
                    {{dtype, q.type.shape}, {DType::f32, {test.b, test.h, test.s}}}, isa);
}

void expect_attention(const AttentionCase& test, DType dtype, Isa isa) {
  SCOPED_TRACE(fmt::format("{} {} on {}", test.name(), dtype, to_string(isa)));
  const Values q = random_values(dtype, {test.b, test.s, test.h, test.d}, 1),
               k = random_values(dtype, {test.b, test.t, test.g, test.d}, 2),
               v = random_values(dtype, {test.b, test.t, test.g, test.d}, 3);
  const AttentionResult want = plain_attention(test, q, k, v, {});
  const auto got = run(test, dtype, isa, q, k, v);
  const bool exact = dtype == DType::f32;
  EXPECT_LT(worst_error(got[0], want.o), exact ? 3e-6 : 1e-2);
  EXPECT_LT(worst_error(got[1], want.lse), exact ? 3e-6 : 3e-3);
}

TEST(Attention, F32) {
  for (Isa isa : kIsas)
    for (const AttentionCase& test : attention_cases()) expect_attention(test, DType::f32, isa);
}

TEST(Attention, Bf16) {
  for (Isa isa : kIsas)
    for (const AttentionCase& test : attention_cases()) expect_attention(test, DType::bf16, isa);
}

TEST(Attention, FewQueries) {
  std::vector<AttentionCase> cases{
      {2, 1, 700, 4, 4, 64, true, 0, {}, {}, 699},
      {1, 1, 513, 4, 2, 33, true, 100, {}, {}, 400},
      {3, 2, 300, 6, 2, 16, true, 0, {}, {300, 7, 0}, 256},
      {1, 4, 600, 2, 1, 8, false, 0, {}, {256}},
      {1, 1, 1, 1, 1, 1},
  };
  for (Isa isa : kIsas)
    for (DType dtype : {DType::f32, DType::bf16})
      for (const AttentionCase& test : cases) expect_attention(test, dtype, isa);
}

/// What is masked may hold anything: the result is that of zeros there.
TEST(Attention, MaskedNaNDoesNotLeak) {
  for (const AttentionCase& test : attention_cases())
    for (auto [isa, dtype] : {std::pair{Isa::avx2, DType::f32},
                              {Isa::avx512_bf16, DType::f32},
                              {Isa::avx512_bf16, DType::bf16}}) {
      SCOPED_TRACE(fmt::format("{} {}", test.name(), dtype));
      const Shape shape{test.b, test.t, test.g, test.d};
      const Values q = random_values(dtype, {test.b, test.s, test.h, test.d}, 1);
      Values k = random_values(dtype, shape, 2), v = random_values(dtype, shape, 3);
      // The key in the middle is not a number; only queries that see it may say so.
      const int64_t bad = test.t / 2;
      for (int64_t e = 0; e < test.b; ++e)
        for (int64_t n = 0; n < test.g * test.d; ++n) {
          const auto at = static_cast<size_t>((e * test.t + bad) * test.g * test.d + n);
          k.data[at] = NAN;
          v.data[at] = INFINITY;
        }
      const AttentionResult want = plain_attention(test, q, k, v, {});
      const auto got = run(test, dtype, isa, q, k, v);
      for (int64_t e = 0; e < test.b; ++e)
        for (int64_t i = 0; i < test.s; ++i)
          for (int64_t n = 0; n < test.h * test.d; ++n) {
            const auto at = static_cast<size_t>((e * test.s + i) * test.h * test.d + n);
            if (test.sees(e, i, bad)) {
              ASSERT_TRUE(std::isnan(got[0][at])) << "batch " << e << ", query " << i;
            } else {
              ASSERT_NEAR(got[0][at], want.o[at], dtype == DType::f32 ? 1e-5 : 4e-2)
                  << "batch " << e << ", query " << i;
            }
          }
    }
}

TEST(Attention, BlindRowsGiveZeros) {
  const AttentionCase test{2, 70, 70, 2, 2, 8, true, 0, {}, {0, 70}};
  const Values q = random_values(DType::f32, {2, 70, 2, 8}, 1);
  Values k = random_values(DType::f32, {2, 70, 2, 8}, 2);
  for (size_t i = 0; i < k.data.size() / 2; ++i) k.data[i] = NAN;
  const auto got = run(test, DType::f32, Isa::avx512_bf16, q, k, k);
  for (size_t i = 0; i < q.data.size() / 2; ++i) ASSERT_EQ(got[0][i], 0.0);
  for (size_t i = 0; i < got[1].size() / 2; ++i) ASSERT_EQ(got[1][i], 0.0);
}

TEST(Attention, LargeScores) {
  const AttentionCase test{1, 70, 70, 1, 1, 8, true, 0, {}, {}, {}, 50.0};
  const Values q = random_values(DType::f32, {1, 70, 1, 8}, 1),
               v = random_values(DType::f32, {1, 70, 1, 8}, 3);
  const auto got = run(test, DType::f32, Isa::avx512_bf16, q, q, v);
  EXPECT_LT(worst_error(got[0], plain_attention(test, q, q, v, {}).o), 2e-4);
}

TEST(Attention, RefusesOtherTypes) {
  const std::vector<TensorType> in(3, {DType::f64, {1, 2, 1, 4}}),
      out{{DType::f64, {1, 2, 1, 4}}, {DType::f64, {1, 1, 2}}};
  const Attrs attrs{{"causal", true}, {"window", int64_t{0}}, {"scale", 1.0}};
  const DeviceProfile profile;
  EXPECT_THROW(cpu::attention_kernel({"attention", attrs, in, out, profile}), UserError);
}

}  // namespace
}  // namespace tessera
