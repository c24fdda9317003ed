// linear, and the head of a model with its loss.
#include "tests/ops/case.h"

namespace tessera {
namespace {

Case dense(Shape x, int64_t n, bool bias, bool trans_w, std::string activation = "none",
           bool residual = false, bool save = false) {
  const int64_t k = x.back();
  Case c{.in = {real(x), real(trans_w ? Shape{n, k} : Shape{k, n})},
         .attrs = {{"trans_w", trans_w},
                   {"bias", bias},
                   {"activation", activation},
                   {"residual", residual},
                   {"save_preactivation", save}},
         // The gradient is taken before an activation or a residual is fused in.
         .differentiable = activation == "none" && !residual && !save};
  if (bias) c.in.push_back(real({n}));
  x.back() = n;
  if (residual) c.in.push_back(real(x));
  return c;
}

std::vector<Case> dense_layers() {
  std::vector<Case> cases{dense({1, 1}, 1, false, true),
                          dense({4, 6}, 8, false, true),
                          dense({4, 6}, 8, true, true),
                          dense({4, 6}, 7, true, false),
                          dense({2, 3, 4}, 2, true, true),
                          dense({17, 5}, 131, false, false),
                          dense({33, 6}, 5, true, true),  // more than the few rows of generation
                          dense({6, 4}, 10, false, true, "none", true)};
  for (const char* activation : {"gelu_tanh", "gelu_erf", "relu", "silu"})
    for (bool save : {false, true}) {
      cases.push_back(dense({6, 4}, 10, true, true, activation, false, save));
      cases.push_back(dense({5, 7}, 33, true, true, activation, true, save));
    }
  for (Case& c : cases) c.tolerance = 2;
  return cases;
}

const TensorType kX{DType::f32, {3, 4}}, kW{DType::f32, {5, 4}};
const Register kLinear(
    {"linear"}, dense_layers(),
    {{.in = {kX, {DType::f32, {4, 5}}}, .attrs = {{"activation", "none"}}, .words = "takes 5"},
     {.in = {kX, kW, kX},
      .attrs = {{"activation", "none"}, {"bias", true}},
      .words = "the bias is"},
     {.in = {kX, kW}, .attrs = {{"activation", "none"}, {"bias", true}}, .words = "takes 3"},
     {.in = {kX, kW, kX},
      .attrs = {{"activation", "none"}, {"residual", true}},
      .words = "the residual is"}});

std::vector<Case> heads(bool grad) {
  std::vector<Case> cases;
  for (bool bias : {false, true})
    for (const Shape& size : {Shape{1, 2, 3}, Shape{4, 6, 8}, Shape{7, 5, 131}}) {  // N, D, V
      Case c{.in = {real({size[0], size[1]}), real({size[2], size[1]})},
             .attrs = {{"bias", bias}},
             .tolerance = 4,
             .differentiable = !grad};
      c.wrt = {0, 1};
      if (bias) {
        c.wrt.push_back(2);
        c.in.push_back(real({size[2]}));
      }
      c.in.push_back(indices({size[0]}, size[2]));
      c.in.push_back({.kind = Operand::Kind::single, .shape = {size[0]}, .low = 0.5, .high = 1});
      if (grad) c.in.push_back(single({}));
      cases.push_back(c);
      if (grad) continue;
      c.attrs.set("predict", true);
      c.bf16 = false;  // rounded logits have equals
      cases.push_back(c);
    }
  return cases;
}

const TensorType kRows{DType::i32, {3}}, kWeights{DType::f32, {3}};
const Register kHead({"head_loss"}, heads(false),
                     {{.in = {kX, kW, kWeights, kWeights}, .words = "labels must be"},
                      {.in = {kX, kW, kRows, kX}, .words = "weights must be"},
                      {.in = {kX, kX, kRows}, .words = "takes 4"}});
const Register kHeadGrad({"head_loss_grad"}, heads(true),
                         {{.in = {kX, kW, kRows, kWeights}, .words = "takes 5"}});

}  // namespace
}  // namespace tessera
