// What makes an update: sum_squares, clip_scale, learning_rate, adamw, sgd.
#include "tests/ops/case.h"

namespace tessera {
namespace {

const Register kSumSquares({"sum_squares"},
                           {{.in = {real({})}},
                            {.in = {real({17})}},
                            {.in = {real({2, 4, 6})}},
                            {.in = {real({3, 30011})}, .tolerance = 10, .large = true}});

Operand positive(Shape shape) {
  Operand out = single(std::move(shape));
  out.low = 0.1;
  out.high = 2;
  return out;
}

const Register kClip(
    {"clip_scale"},
    {{.in = {positive({})}, .attrs = {{"max_norm", 0.5}}, .differentiable = false},
     {.in = {positive({}), positive({}), positive({})},
      .attrs = {{"max_norm", 100.0}},
      .differentiable = false},
     {.in = {positive({}), positive({})}, .attrs = {{"max_norm", 0.0}}, .differentiable = false}},
    {{.in = {{DType::f32, {2}}}, .attrs = {{"max_norm", 1.0}}, .words = "f32[2]"},
     {.in = {{DType::f32, {}}}, .attrs = {{"max_norm", -1.0}}, .words = "negative"}});

Attrs schedule(const char* name, int64_t total) {
  return {{"schedule", name}, {"peak", 1e-3},         {"warmup", int64_t{10}},
          {"total", total},   {"decay", int64_t{20}}, {"final_ratio", 0.1}};
}

std::vector<Case> schedules() {
  std::vector<Case> cases;
  for (const char* name : {"constant", "linear", "cosine", "wsd"})
    for (int64_t low : {1, 10, 50, 100, 200})
      cases.push_back({.in = {integers({}, low, low + 10)},
                       .attrs = schedule(name, 110),
                       .differentiable = false});
  return cases;
}

const Register kRate(
    {"learning_rate"}, schedules(),
    {{.in = {{DType::i32, {}}}, .attrs = schedule("sine", 110), .words = "sine"},
     {.in = {{DType::i32, {}}}, .attrs = schedule("wsd", 20), .words = "do not fit"},
     {.in = {{DType::f32, {}}}, .attrs = schedule("wsd", 110), .words = "one integer"}});

const Attrs kAdamw{{"beta1", 0.9}, {"beta2", 0.95}, {"eps", 1e-8}, {"weight_decay", 0.1}};
const Attrs kSgd{{"momentum", 0.9}, {"weight_decay", 0.1}};
const Attrs kPlainSgd{{"momentum", 0.0}, {"weight_decay", 0.1}};

std::vector<Case> updates(const Attrs& attrs, size_t buffers, bool counted) {
  std::vector<Case> cases;
  for (Shape x : {Shape{}, {1}, {4, 6}, {2, 1, 19}, {3, 30011}}) {
    Case c{.in = {single(x), real(x)},
           .attrs = attrs,
           .differentiable = false,
           .large = numel(x) > 999};
    for (size_t i = 0; i < buffers; ++i) c.in.push_back(positive(x));
    c.in.push_back(positive({}));
    c.in.push_back(positive({}));
    if (counted) c.in.push_back(integers({}, 1, 100));
    c.in.push_back(booleans({}));
    cases.push_back(c);
  }
  return cases;
}

const TensorType kF{DType::f32, {3}}, kScalar{DType::f32, {}}, kStep{DType::i64, {}},
    kApply{DType::boolean, {}};

const Register kAdamwOp(
    {"adamw"}, updates(kAdamw, 2, true),
    {{.in = {kF, kF, kF, kF, kScalar, kScalar, kStep}, .attrs = kAdamw, .words = "takes 8"},
     {.in = {{DType::bf16, {3}}, kF, kF, kF, kScalar, kScalar, kStep, kApply},
      .attrs = kAdamw,
      .words = "parameter is f32"},
     {.in = {kF, kF, kF, {DType::f32, {4}}, kScalar, kScalar, kStep, kApply},
      .attrs = kAdamw,
      .words = "optimizer state"}});
const Register kSgdOp({"sgd"}, updates(kSgd, 1, false),
                      {{.in = {kF, {DType::f32, {4}}, kF, kScalar, kScalar, kApply},
                        .attrs = kSgd,
                        .words = "the gradient of"}});
const Register kPlainSgdOp(
    {"sgd"}, updates(kPlainSgd, 0, false),
    {{.in = {kF, kF, kF, kScalar, kScalar, kApply}, .attrs = kPlainSgd, .words = "takes 5"}});

}  // namespace
}  // namespace tessera
