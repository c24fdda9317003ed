// layer_norm, rms_norm and their gradient ops.
#include "tests/ops/case.h"

namespace tessera {
namespace {

const std::vector<Shape> kShapes{{5}, {2, 3}, {4, 1, 6}, {2, 4, 17}, {3, 3}};
const Shape kLarge{200, 771};

Shape rows(const Shape& x) { return {x.begin(), x.end() - 1}; }
Operand weight(const Shape& x) { return single({x.back()}); }

std::vector<Case> norms(size_t weights) {
  std::vector<Case> cases;
  const auto add = [&](const Shape& x, bool large) {
    Case c{.in = {real(x)}, .attrs = {{"eps", 1e-3}}, .large = large};
    for (size_t i = 0; i < weights; ++i) c.in.push_back(weight(x));
    cases.push_back(c);
  };
  for (const Shape& x : kShapes) add(x, false);
  add(kLarge, true);
  return cases;
}

std::vector<Case> gradients(bool centred) {
  std::vector<Case> cases;
  const auto put = [&](const Shape& x, bool added, bool large) {
    Case c{.in = {real(x), weight(x)},
           .attrs = {{"add", added}},
           .differentiable = false,
           .large = large};
    if (centred) c.in.push_back(single(rows(x)));
    c.in.push_back(single(rows(x)));
    c.in.push_back(real(x));
    if (added) c.in.push_back(real(x));
    cases.push_back(c);
  };
  for (bool added : {false, true}) {
    for (const Shape& x : kShapes) put(x, added, false);
    put(kLarge, added, true);
  }
  return cases;
}

const TensorType kX{DType::bf16, {2, 4}}, kGain{DType::f32, {4}}, kRows{DType::f32, {2}};
const Attrs kEps{{"eps", 1e-5}};

const Register kLayerNorm(
    {"layer_norm"}, norms(2),
    {{.in = {kX, {DType::bf16, {4}}, kGain}, .attrs = kEps, .words = "f32[4]"},
     {.in = {kX, kGain, {DType::f32, {3}}}, .attrs = kEps, .words = "f32[3]"},
     {.in = {kX, kGain}, .attrs = kEps, .words = "takes 3"},
     {.in = {kX, kGain, kGain}, .attrs = {{"eps", 1e-5}, {"out", "i32"}}, .words = "float"}});
const Register kRmsNorm({"rms_norm"}, norms(1),
                        {{.in = {{DType::f32, {}}, kGain}, .attrs = kEps, .words = "last dim"}});
const Register kLayerNormGrad({"layer_norm_grad"}, gradients(true),
                              {{.in = {kX, kGain, kRows, kGain, kX}, .words = "no statistic"},
                               {.in = {kX, kGain, kRows, kRows, kX, kX}, .words = "takes 5"}});
const Register kRmsNormGrad({"rms_norm_grad"}, gradients(false),
                            {{.in = {kX, kGain, kRows, kGain}, .words = "cotangent"}});

}  // namespace
}  // namespace tessera
