// The fused dense layer against double: every activation, with and without bias, residual and kept
// pre-activation.
#include "tests/kernels/run_kernel.h"

namespace tessera {
namespace cpu {
Kernel linear_kernel(const KernelSpec& spec);
}

namespace {

using namespace testing;

double activated(const std::string& name, double x) {
  if (name == "gelu_tanh")
    return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
  if (name == "gelu_erf") return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0)));
  if (name == "relu") return x > 0 ? x : 0;
  if (name == "silu") return x / (1 + std::exp(-x));
  return x;
}

struct Layer {
  int64_t m, k, n;
  std::string activation;
  bool trans_w, bias, residual, keeps_pre;
  DType in, to;
  Isa isa;
};

void expect_layer(const Layer& layer) {
  const auto& [m, k, n, activation, trans_w, bias, residual, keeps_pre, in, to, isa] = layer;
  SCOPED_TRACE(fmt::format("{}x{}x{} {} {} -> {} on {}, trans_w {}, bias {}, residual {}, pre {}",
                           m, k, n, activation, in, to, to_string(isa), trans_w, bias, residual,
                           keeps_pre));
  const Values x = random_values(in, {1, m, k}, 1),
               w = random_values(in, trans_w ? Shape{n, k} : Shape{k, n}, 2, 0.3);
  std::vector<Values> operands{x, w};
  if (bias) operands.push_back(random_values(in, {n}, 3));
  if (residual) operands.push_back(random_values(to, {1, m, n}, 4));
  std::vector<double> y, pre;
  for (int64_t i = 0; i < m; ++i)
    for (int64_t j = 0; j < n; ++j) {
      double sum = bias ? operands[2].data[static_cast<size_t>(j)] : 0;
      for (int64_t l = 0; l < k; ++l)
        sum += x.data[static_cast<size_t>(i * k + l)] *
               w.data[static_cast<size_t>(trans_w ? j * k + l : l * n + j)];
      pre.push_back(sum);
      y.push_back(activated(activation, sum) +
                  (residual ? operands.back().data[static_cast<size_t>(i * n + j)] : 0));
    }
  const Attrs attrs{{"trans_w", trans_w},
                    {"bias", bias},
                    {"residual", residual},
                    {"activation", activation},
                    {"save_preactivation", keeps_pre}};
  std::vector<TensorType> out{{to, {1, m, n}}};
  if (keeps_pre) out.push_back(out[0]);
  const auto got = run_kernel(&cpu::linear_kernel, "linear", attrs, operands, out, isa);
  const double tolerance = to == DType::bf16 ? 8e-3 : 3e-6;
  EXPECT_LT(worst_error(got[0], y), tolerance);
  if (keeps_pre) {
    EXPECT_LT(worst_error(got[1], pre), tolerance);
  }
}

void expect_layers(DType in, DType to, Isa isa) {
  for (const char* activation : {"none", "gelu_tanh", "gelu_erf", "relu", "silu"})
    for (bool trans_w : {false, true})
      for (bool bias : {false, true})
        for (bool residual : {false, true})
          for (bool keeps_pre : {false, true}) {
            const bool odd = bias != residual;
            const auto expect = [&](int64_t rows) {
              expect_layer({rows, odd ? 19 : 64, odd ? 37 : 48, activation, trans_w, bias, residual,
                            keeps_pre, in, to, isa});
            };
            expect(odd ? 5 : 32);
            if (trans_w) expect(odd ? 33 : 40);  // fewer rows have a kernel of their own
          }
}

TEST(Linear, F32) { expect_layers(DType::f32, DType::f32, Isa::avx512_bf16); }
TEST(Linear, F32OnAvx2) { expect_layers(DType::f32, DType::f32, Isa::avx2); }
TEST(Linear, Bf16) { expect_layers(DType::bf16, DType::bf16, Isa::avx512_bf16); }
TEST(Linear, Bf16ToF32) { expect_layers(DType::bf16, DType::f32, Isa::avx512_bf16); }
TEST(Linear, Bf16OnAvx2) {
  expect_layers(DType::bf16, DType::bf16, Isa::avx2);
  expect_layers(DType::bf16, DType::f32, Isa::avx2);
}
TEST(Linear, F32ToBf16) { expect_layers(DType::f32, DType::bf16, Isa::avx512_bf16); }
/// A sequence gets the same bits alone and in a batch, whatever the number of others.
TEST(Linear, FewRowsGiveTheBitsOfOne) {
  constexpr int64_t kDepth = 77, kColumns = 131;
  const Attrs attrs{{"trans_w", true}, {"activation", "none"}};
  for (DType type : {DType::f32, DType::bf16})
    for (Isa isa : {Isa::avx2, Isa::avx512_bf16}) {
      const Values x = random_values(type, {32, kDepth}, 1),
                   w = random_values(type, {kColumns, kDepth}, 2, 0.3);
      const auto rows_of = [&](int64_t first, int64_t count) {
        const auto begin = x.data.begin() + first * kDepth;
        const Values some{{type, {count, kDepth}}, {begin, begin + count * kDepth}};
        return run_kernel(&cpu::linear_kernel, "linear", attrs, {some, w},
                          {{DType::f32, {count, kColumns}}}, isa)[0];
      };
      const auto all = rows_of(0, 32);
      for (int64_t count : {1, 2, 3, 5, 8, 31})
        for (int64_t first : {int64_t{0}, 32 - count}) {
          const auto begin = all.begin() + first * kColumns;
          EXPECT_TRUE(std::equal(begin, begin + count * kColumns, rows_of(first, count).begin()))
              << fmt::format("{} rows from {} on, {} on {}", count, first, type, to_string(isa));
        }
    }
}

TEST(Linear, OneRowAndOneColumn) {
  for (DType in : {DType::f32, DType::bf16})
    for (Isa isa : {Isa::avx2, Isa::avx512_bf16}) {
      expect_layer({1, 300, 1, "silu", true, true, true, true, in, in, isa});
      expect_layer({1, 1, 300, "gelu_erf", true, true, true, false, in, in, isa});
    }
}

}  // namespace
}  // namespace tessera
