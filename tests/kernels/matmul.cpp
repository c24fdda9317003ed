// The matmul kernel against a plain sum in double: transposes, batches, odd sizes, types, caps of
// the instruction set.
#include "tests/kernels/run_kernel.h"

namespace tessera {
namespace cpu {
Kernel matmul_kernel(const KernelSpec& spec);
}

namespace {

using namespace testing;

struct Case {
  Shape a, b, c;  // as stored
  bool trans_a = false, trans_b = false;
};

int64_t index_of(const Shape& own, const Shape& batch, int64_t i) {
  int64_t index = 0, stride = 1;
  for (size_t d = batch.size(); d-- > 0; i /= batch[d]) {
    const size_t back = batch.size() - d;  // aligned at the right of the leading dims
    if (own.size() < back + 2) continue;
    const int64_t size = own[own.size() - 2 - back];
    if (size > 1) index += i % batch[d] * stride;
    stride *= size;
  }
  return index;
}

std::vector<double> product(const Case& test, const Values& a, const Values& b) {
  const Shape& c = test.c;
  const int64_t m = c[c.size() - 2], n = c.back(),
                k = test.a[test.a.size() - (test.trans_a ? 2 : 1)];
  const Shape batch(c.begin(), c.end() - 2);
  std::vector<double> out(static_cast<size_t>(numel(c)));
  for (int64_t e = 0; e < numel(batch); ++e) {
    const int64_t a0 = index_of(test.a, batch, e) * m * k, b0 = index_of(test.b, batch, e) * k * n;
    for (int64_t i = 0; i < m; ++i)
      for (int64_t j = 0; j < n; ++j) {
        double sum = 0;
        for (int64_t l = 0; l < k; ++l)
          sum += a.data[static_cast<size_t>(a0 + (test.trans_a ? l * m + i : i * k + l))] *
                 b.data[static_cast<size_t>(b0 + (test.trans_b ? j * k + l : l * n + j))];
        out[static_cast<size_t>((e * m + i) * n + j)] = sum;
      }
  }
  return out;
}

void expect_product(const Case& test, DType in, DType to, Isa isa, bool accumulate,
                    bool in_place = true) {
  SCOPED_TRACE(fmt::format("{} x {} {} -> {} on {}{}", to_string(test.a), to_string(test.b), in, to,
                           to_string(isa), accumulate ? ", accumulating" : ""));
  const Values a = random_values(in, test.a, 1), b = random_values(in, test.b, 2);
  std::vector<Values> operands{a, b};
  std::vector<double> want = product(test, a, b);
  if (accumulate) {
    operands.push_back(random_values(to, test.c, 3));
    for (size_t i = 0; i < want.size(); ++i) want[i] += operands[2].data[i];
  }
  const Attrs attrs{
      {"trans_a", test.trans_a}, {"trans_b", test.trans_b}, {"accumulate", accumulate}};
  std::vector<std::pair<size_t, size_t>> donated;
  if (accumulate && in_place) donated = {{2, 0}};
  const auto got =
      run_kernel(&cpu::matmul_kernel, "matmul", attrs, operands, {{to, test.c}}, isa, donated);
  EXPECT_LT(worst_error(got[0], want), to == DType::bf16 ? 4e-3 : 2e-6);
}

std::vector<Case> cases() {
  std::vector<Case> out;
  for (bool ta : {false, true})
    for (bool tb : {false, true})
      for (auto [m, n, k] : {std::array<int64_t, 3>{1, 1, 1},
                             {1, 7, 64},
                             {17, 1, 5},
                             {13, 31, 61},
                             {64, 96, 128},
                             {129, 257, 67}})
        out.push_back(
            {ta ? Shape{k, m} : Shape{m, k}, tb ? Shape{n, k} : Shape{k, n}, {m, n}, ta, tb});
  out.push_back({{3, 5, 7}, {7, 11}, {3, 5, 11}});
  out.push_back({{3, 5, 7}, {3, 7, 11}, {3, 5, 11}});
  out.push_back({{2, 3, 7, 5}, {2, 3, 11, 7}, {2, 3, 5, 11}, true, true});
  out.push_back({{3, 7, 5}, {7, 11}, {3, 5, 11}, true, false});
  out.push_back({{5, 7}, {3, 7, 11}, {3, 5, 11}});
  out.push_back({{2, 1, 5, 7}, {3, 7, 11}, {2, 3, 5, 11}});
  out.push_back({{2, 1, 5, 7}, {1, 3, 11, 7}, {2, 3, 5, 11}, false, true});
  out.push_back({{400, 4, 8}, {400, 8, 4}, {400, 4, 4}});
  return out;
}

TEST(Matmul, F32) {
  for (const Case& test : cases())
    for (bool accumulate : {false, true})
      expect_product(test, DType::f32, DType::f32, Isa::avx512_bf16, accumulate);
}

TEST(Matmul, Bf16) {
  for (const Case& test : cases())
    for (DType to : {DType::f32, DType::bf16})
      for (bool accumulate : {false, true})
        expect_product(test, DType::bf16, to, Isa::avx512_bf16, accumulate);
}

TEST(Matmul, WidensWhatTheLibraryRefuses) {
  for (const Case& test : cases())
    for (bool accumulate : {false, true}) {
      expect_product(test, DType::bf16, DType::f32, Isa::avx2, accumulate);
      expect_product(test, DType::bf16, DType::bf16, Isa::avx2, accumulate);
      expect_product(test, DType::f32, DType::bf16, Isa::avx512_bf16, accumulate);
    }
}

TEST(Matmul, WidensInBlocks) {
  expect_product({{3, 4200}, {4200, 5}, {3, 5}}, DType::bf16, DType::f32, Isa::avx2, true);
  expect_product({{4200, 3}, {5, 4200}, {3, 5}, true, true}, DType::bf16, DType::bf16, Isa::avx2,
                 false);
  expect_product({{1030, 8}, {8, 2060}, {1030, 2060}}, DType::bf16, DType::f32, Isa::avx2, false);
  expect_product({{8, 1030}, {2060, 8}, {1030, 2060}, true, true}, DType::bf16, DType::f32,
                 Isa::avx2, true);
}

TEST(Matmul, WeightGradient) {
  const Case test{{200, 130}, {200, 96}, {130, 96}, true, false};
  expect_product(test, DType::bf16, DType::f32, Isa::avx512_bf16, false);
  expect_product(test, DType::bf16, DType::f32, Isa::avx512_bf16, true);
}

TEST(Matmul, AccumulatorMayLieApart) {
  const Case test{{9, 10}, {10, 11}, {9, 11}};
  for (DType in : {DType::f32, DType::bf16})
    for (Isa isa : {Isa::avx2, Isa::avx512_bf16})
      expect_product(test, in, DType::f32, isa, true, false);
}

TEST(Matmul, RefusesOtherTypes) {
  const DeviceProfile profile;
  const Attrs attrs;
  const std::vector<TensorType> f64{{DType::f64, {2, 2}}, {DType::f64, {2, 2}}},
      out{{DType::f64, {2, 2}}};
  EXPECT_THROW(cpu::matmul_kernel({"matmul", attrs, f64, out, profile}), UserError);
}

}  // namespace
}  // namespace tessera
