// cross_entropy and its gradient against double: class counts around block and vector lengths,
// ignored rows, huge logits, rows of -inf, NaN, labels that are no class, smoothing, and the
// gradient in the place of the logits.
#include "tests/kernels/both_backends.h"

namespace tessera {
namespace {

using namespace testing;

struct Problem {
  Values logits, labels, weights, dloss;
  double smoothing = 0;

  int64_t rows() const { return labels.type.shape[0]; }
  int64_t classes() const { return logits.type.shape[1]; }
  double at(int64_t r, int64_t c) const {
    return logits.data[static_cast<size_t>(r * classes() + c)];
  }
};

Problem problem(DType dtype, int64_t rows, int64_t classes, double smoothing, double scale = 2) {
  Problem p{random_values(dtype, {rows, classes}, 1, scale), integers({rows}, {}),
            random_values(DType::f32, {rows}, 2), random_values(DType::f32, {rows}, 3), smoothing};
  for (int64_t r = 0; r < rows; ++r)
    p.labels.data.push_back(r % 5 == 3 ? -1 : static_cast<double>(r * 7919 % classes));
  return p;
}

void expect_loss(const Problem& p, double near) {
  std::vector<double> loss, lse, dlogits;
  for (int64_t r = 0; r < p.rows(); ++r) {
    const auto k = static_cast<size_t>(r);
    const double label = p.labels.data[k];
    double most = -INFINITY, sum = 0, mean = 0;
    for (int64_t c = 0; c < p.classes(); ++c) most = std::max(most, p.at(r, c));
    for (int64_t c = 0; c < p.classes(); ++c) {
      sum += std::exp(p.at(r, c) - most);
      mean += p.at(r, c) / static_cast<double>(p.classes());
    }
    const double total = most + std::log(sum), s = p.smoothing;
    lse.push_back(label < 0 ? 0 : total);
    loss.push_back(label < 0
                       ? 0
                       : p.weights.data[k] *
                             (total - (1 - s) * p.at(r, static_cast<int64_t>(label)) - s * mean));
    for (int64_t c = 0; c < p.classes(); ++c) {
      const double target =
          s / static_cast<double>(p.classes()) + (static_cast<double>(c) == label ? 1 - s : 0);
      dlogits.push_back(label < 0 ? 0
                                  : p.weights.data[k] * p.dloss.data[k] *
                                        (std::exp(p.at(r, c) - total) - target));
    }
  }
  const Attrs attrs{{"label_smoothing", p.smoothing}};
  const bool narrow = p.logits.type.dtype == DType::bf16;
  for (Isa isa : isas_here()) {
    SCOPED_TRACE(fmt::format("{} on {}", to_string(p.logits.type), to_string(isa)));
    const TensorType row = p.weights.type;
    const auto got =
        run_cpu("cross_entropy", attrs, {p.logits, p.labels, p.weights}, {row, row}, isa);
    EXPECT_LE(largest_difference(got[0], loss), near);
    EXPECT_LE(largest_difference(got[1], lse), near);
    Values lse_values{row, got[1]};
    for (bool in_place : {false, true}) {
      const auto d =
          run_cpu("cross_entropy_grad", attrs, {p.logits, p.labels, p.weights, lse_values, p.dloss},
                  {p.logits.type}, isa,
                  in_place ? std::vector<std::pair<size_t, size_t>>{{0, 0}}
                           : std::vector<std::pair<size_t, size_t>>{});
      EXPECT_LE(largest_difference(d[0], dlogits), narrow ? 0x1p-8 : near);
    }
  }
}

TEST(CrossEntropy, AgainstDouble) {
  for (DType dtype : {DType::f32, DType::bf16})
    for (double smoothing : {0.0, 0.1})
      for (auto [rows, classes] :
           {std::pair{1, 1}, {2, 3}, {7, 16}, {9, 1023}, {5, 1025}, {4, 3331}})
        expect_loss(problem(dtype, rows, classes, smoothing), 3e-6);
}

TEST(CrossEntropy, HugeLogits) {
  for (double shift : {1000.0, -1000.0, 3e4}) {
    Problem p = problem(DType::f32, 3, 2050, 0.0, 3);
    for (size_t i = 0; i < p.logits.data.size(); ++i)
      p.logits.data[i] = rounded(DType::f32, p.logits.data[i] + shift);
    expect_loss(p, 1e-6 * std::abs(shift));
  }
  Problem rising = problem(DType::f32, 2, 4100, 0.0);  // every block has a new maximum
  for (size_t i = 0; i < rising.logits.data.size(); ++i)
    rising.logits.data[i] = rounded(DType::f32, static_cast<double>(i % 4100) * 0.05);
  expect_loss(rising, 1e-5);
}

TEST(CrossEntropy, WhatCannotBeIsSeenAndOtherRowsAreNot) {
  Problem p = problem(DType::f32, 6, 37, 0.0);
  for (int c = 0; c < 37; ++c) p.logits.data[0 * 37 + static_cast<size_t>(c)] = -INFINITY;
  p.logits.data[1 * 37 + 5] = std::nan("");
  p.labels.data[2] = 37;                     // no class
  p.logits.data[3 * 37 + 5] = std::nan("");  // ignored by its label
  p.logits.data[4 * 37 + 6] = -INFINITY;     // a masked class
  p.labels.data[4] = 3;
  p.labels.data[5] = 4;
  for (Isa isa : isas_here()) {
    const TensorType row = p.weights.type;
    const auto got = run_cpu("cross_entropy", {}, {p.logits, p.labels, p.weights}, {row, row}, isa);
    const auto d =
        run_cpu("cross_entropy_grad", {}, {p.logits, p.labels, p.weights, {row, got[1]}, p.dloss},
                {p.logits.type}, isa)[0];
    for (size_t r : {0, 1, 2}) {
      EXPECT_TRUE(std::isnan(got[0][r])) << r;
      EXPECT_TRUE(std::isnan(d[r * 37 + 5])) << r;
    }
    EXPECT_EQ(got[0][3], 0);
    EXPECT_EQ(d[3 * 37 + 5], 0);
    for (size_t r : {4, 5}) EXPECT_TRUE(std::isfinite(got[0][r])) << r;
    EXPECT_EQ(d[4 * 37 + 6], 0);
  }
}

}  // namespace
}  // namespace tessera
