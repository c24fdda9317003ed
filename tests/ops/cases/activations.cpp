// Activations and their gradient ops.
#include "tests/ops/case.h"

namespace tessera {
namespace {

const std::vector<Shape> kShapes{{}, {1}, {17}, {4, 6}, {2, 1, 13}};

std::vector<Case> each(Operand (*draw)(Shape), const Attrs& attrs = {}) {
  std::vector<Case> cases;
  for (const Shape& shape : kShapes) cases.push_back({.in = {draw(shape)}, .attrs = attrs});
  cases.push_back({.in = {draw({3, 30011})}, .attrs = attrs, .large = true});
  return cases;
}
/// (value, cotangent)
std::vector<Case> pairs(const Attrs& attrs = {}) {
  std::vector<Case> cases;
  for (const Shape& shape : kShapes)
    cases.push_back(
        {.in = {off_zero(shape), real(shape)}, .attrs = attrs, .differentiable = false});
  cases.push_back({.in = {off_zero({3, 30011}), real({3, 30011})},
                   .attrs = attrs,
                   .differentiable = false,
                   .large = true});
  return cases;
}

const std::vector<Refusal> kIntegers{
    {.in = {{DType::i32, {3}}}, .words = "float operand, not i32"}};
const std::vector<Refusal> kUnlike{
    {.in = {{DType::f32, {3}}, {DType::f32, {4}}}, .words = "the value is f32[3]"}};

const Register kSmooth({"tanh", "sigmoid", "silu"}, each(real), kIntegers);
const Register kRelu({"relu"}, each(off_zero), kIntegers);
const Register kGrads({"tanh_grad", "sigmoid_grad", "relu_grad", "silu_grad"}, pairs(), kUnlike);

const Attrs kTanh{{"form", "tanh"}}, kErf{{"form", "erf"}};
const Register kGeluTanh(
    {"gelu"}, each(real, kTanh),
    {{.in = {{DType::f32, {3}}}, .attrs = {{"form", "fast"}}, .words = "fast"}});
const Register kGeluErf({"gelu"}, each(real, kErf));
const Register kGeluGradTanh({"gelu_grad"}, pairs(kTanh),
                             {{.in = {{DType::f32, {3}}, {DType::bf16, {3}}},
                               .attrs = kTanh,
                               .words = "the value is f32[3]"}});
const Register kGeluGradErf({"gelu_grad"}, pairs(kErf));

}  // namespace
}  // namespace tessera
