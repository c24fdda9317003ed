// cross_entropy and its gradient op. Labels from -1, which is ignored, up.
#include "tests/ops/case.h"

namespace tessera {
namespace {

const std::vector<Shape> kShapes{{1, 1}, {1, 7}, {4, 3}, {2, 4, 6}, {8, 61}};

std::vector<Case> each(bool gradient) {
  std::vector<Case> cases;
  const auto add = [&](const Shape& x, double smoothing, bool large) {
    const Shape rows(x.begin(), x.end() - 1);
    // The weights are no path of the gradient, so differences are not taken.
    Case c{.in = {real(x), integers(rows, -1, x.back()), single(rows)},
           .attrs = {{"label_smoothing", smoothing}},
           .differentiable = false,
           .large = large};
    if (gradient) {
      c.in.push_back(single(rows));
      c.in.push_back(single(rows));
    }
    cases.push_back(c);
  };
  for (double smoothing : {0.0, 0.1}) {
    for (const Shape& x : kShapes) add(x, smoothing, false);
    add({40, 3001}, smoothing, true);
  }
  return cases;
}

const TensorType kX{DType::bf16, {2, 4}}, kLabels{DType::i32, {2}}, kRows{DType::f32, {2}};

const Register kLoss({"cross_entropy"}, each(false),
                     {{.in = {kX, {DType::i64, {2}}, kRows}, .words = "i32[2]"},
                      {.in = {kX, kLabels, {DType::bf16, {2}}}, .words = "f32[2]"},
                      {.in = {kX, kLabels, kRows},
                       .attrs = {{"label_smoothing", 1.5}},
                       .words = "between 0 and 1"}});
const Register kGrad({"cross_entropy_grad"}, each(true),
                     {{.in = {kX, kLabels, kRows, kRows}, .words = "dloss"}});

}  // namespace
}  // namespace tessera
