// cross_entropy and its gradient op. Labels begin at -1, which is ignored.
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
    if (!gradient) continue;
    add({4, 6}, smoothing, false);  // six of nineteen classes
    cases.back().in[1] = integers({4}, -1, 20);
    cases.back().attrs.set("whole", Shape{19});
    cases.back().attrs.set("origin", Shape{7});
  }
  return cases;
}

std::vector<Case> statistics() {
  std::vector<Case> cases;
  for (const Shape& x : kShapes) {
    const Shape rows(x.begin(), x.end() - 1);
    Case c{.in = {real(x), integers(rows, -1, x.back() + 1)}, .differentiable = false};
    cases.push_back(c);
    c.in[1] = integers(rows, -1, x.back() + 6);
    c.attrs = {{"whole", Shape{x.back() + 5}}, {"origin", Shape{3}}};
    cases.push_back(c);
  }
  cases.push_back(
      {.in = {real({40, 3001}), integers({40}, -1, 3002)}, .differentiable = false, .large = true});
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
                     {{.in = {kX, kLabels, kRows, kRows}, .words = "dloss"},
                      {.in = {kX, kLabels, kRows, kRows, kRows},
                       .attrs = {{"whole", Shape{7}}, {"origin", Shape{4}}},
                       .words = "[4] at [4] is no part of [7]"}});
const Register kStatistics(
    {"class_statistics"}, statistics(),
    {{.in = {kX}, .words = "logits and labels"},
     {.in = {kX, {DType::i32, {3}}}, .words = "i32[2]"},
     {.in = {kX, kLabels}, .attrs = {{"whole", Shape{7}}}, .words = "does not say which"}});

}  // namespace
}  // namespace tessera
