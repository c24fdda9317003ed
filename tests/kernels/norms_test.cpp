// layer_norm, rms_norm and their gradients: values against double, gradients against the reference
// kernels, in f32 and bf16, for widths around a vector's length, rows far from zero, and with a
// tensor added to dx.
#include "tests/kernels/both_backends.h"

namespace tessera {
namespace {

using namespace testing;

struct Statistics {
  double mean, rstd;
};
Statistics statistics(const Values& x, int64_t row, bool centred, double eps) {
  const int64_t width = x.type.shape.back();
  double mean = 0, squares = 0;
  const double* p = x.data.data() + row * width;
  for (int64_t i = 0; i < width && centred; ++i) mean += p[i] / static_cast<double>(width);
  for (int64_t i = 0; i < width; ++i) squares += (p[i] - mean) * (p[i] - mean);
  return {mean, 1 / std::sqrt(squares / static_cast<double>(width) + eps)};
}

TEST(Norms, ValuesAgainstDouble) {
  for (DType from : {DType::f32, DType::bf16})
    for (DType to : {DType::f32, DType::bf16})
      for (Shape shape : {Shape{1}, {2, 3}, {3, 1, 17}, {5, 64}, {2, 771}, {70, 33}})
        for (double shift : {0.0, 100.0}) {
          Values x = random_values(from, shape, 1);
          for (double& v : x.data) v = rounded(from, v + shift);
          const int64_t width = shape.back();
          const Values gain = random_values(DType::f32, {width}, 2),
                       bias = random_values(DType::f32, {width}, 3);
          const Shape rows(shape.begin(), shape.end() - 1);
          const TensorType y{to, shape}, s{DType::f32, rows};
          std::vector<double> layer, rms, mean, rstd, rms_rstd;
          for (int64_t r = 0; r < numel(rows); ++r) {
            const auto a = statistics(x, r, true, 1e-5), b = statistics(x, r, false, 1e-5);
            mean.push_back(a.mean);
            rstd.push_back(a.rstd);
            rms_rstd.push_back(b.rstd);
            for (int64_t i = 0; i < width; ++i) {
              const auto k = static_cast<size_t>(i);
              const double v = x.data[static_cast<size_t>(r * width + i)];
              layer.push_back((v - a.mean) * a.rstd * gain.data[k] + bias.data[k]);
              rms.push_back(v * b.rstd * gain.data[k]);
            }
          }
          for (Isa isa : isas_here()) {
            SCOPED_TRACE(
                fmt::format("{} {} to {} on {}", to_string(shape), from, to, to_string(isa)));
            const Attrs attrs{{"eps", 1e-5}, {"out", std::string(to_string(to))}};
            const double near = to == DType::bf16 ? 0x1p-8 : 3e-6 * (1 + shift);
            const auto got = run_cpu("layer_norm", attrs, {x, gain, bias}, {y, s, s}, isa);
            if (width > 1) {
              EXPECT_LE(largest_difference(got[0], layer),
                        shift == 0 ? near : std::max(near, 3e-4));
              EXPECT_LE(worst_error(got[2], rstd), 3e-5);
            }
            EXPECT_LE(largest_difference(got[1], mean), 1e-6);
            const auto root = run_cpu("rms_norm", attrs, {x, gain}, {y, s}, isa);
            EXPECT_LE(largest_difference(root[0], rms), to == DType::bf16 ? 0x1p-8 : 2e-6);
            EXPECT_LE(worst_error(root[1], rms_rstd), 1e-6);
          }
        }
}

TEST(Norms, GradientsAsTheReference) {
  for (DType type : {DType::f32, DType::bf16})
    for (DType cotangent : {DType::f32, DType::bf16})
      for (bool add : {false, true})
        for (Shape shape : {Shape{1}, {2, 3}, {3, 1, 17}, {5, 64}, {2, 771}, {70, 33}, {1100, 5}}) {
          const int64_t width = shape.back();
          const Shape rows(shape.begin(), shape.end() - 1);
          const Values x = random_values(type, shape, 1), dy = random_values(cotangent, shape, 2),
                       extra = random_values(type, shape, 3),
                       gain = random_values(DType::f32, {width}, 4),
                       mean = random_values(DType::f32, rows, 5, 0.1);
          Values rstd = random_values(DType::f32, rows, 6);
          for (double& v : rstd.data) v = std::abs(v);
          const TensorType weight{DType::f32, {width}};
          const double near = shape[0] > 1000 ? 2e-5 : 5e-6;
          std::vector<Values> in{x, gain, mean, rstd, dy};
          if (add) in.push_back(extra);
          expect_as_reference("layer_norm_grad", {{"add", add}}, in, {x.type, weight, weight},
                              near);
          in.erase(in.begin() + 2);
          expect_as_reference("rms_norm_grad", {{"add", add}}, in, {x.type, weight}, near);
          if (add)  // dx takes the place of what is added
            expect_as_reference("rms_norm_grad", {{"add", add}}, in, {x.type, weight}, near,
                                {{4, 0}});
        }
}

}  // namespace
}  // namespace tessera
