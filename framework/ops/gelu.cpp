// gelu: x Φ(x) with the normal distribution function Φ (Hendrycks and Gimpel, "Gaussian error
// linear units", 2016). Attribute form: "erf" is exact, "tanh" the usual approximation 0.5 x (1 +
// tanh(sqrt(2/π) (x + 0.044715 x³))).
#include "framework/ops/shared/elementwise.h"
#include "framework/ops/shared/precise.h"

namespace tessera {
namespace {

constexpr double kTanh = 0.79788456080286535588;  // sqrt(2/π)
constexpr double kCubic = 0.044715;
constexpr double kErf = 0.70710678118654752440;      // 1/sqrt(2)
constexpr double kDensity = 0.39894228040143267794;  // 1/sqrt(2π)

bool tanh_form(const Attrs& attrs) {
  const std::string& form = attrs.text("form");
  require(form == "tanh" || form == "erf", "form is \"tanh\" or \"erf\", not \"{}\"", form);
  return form == "tanh";
}

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  tanh_form(attrs);
  return infer_unary(in, attrs);
}

std::vector<Value> grad(const GradCall& call) {
  return {ops::gelu_grad(call.inputs[0], call.cotangents[0], call.attrs)};
}

std::vector<Value> composite(Graph&, std::span<const Value> in, const Attrs& attrs) {
  const Value x = widen(in[0]);
  const Value inner =
      tanh_form(attrs) ? ops::tanh(x * ((x * x) * (kTanh * kCubic) + kTanh)) : ops::erf(x * kErf);
  return {to_dtype((x * 0.5) * (inner + 1.0), in[0].dtype())};
}

std::vector<Value> grad_composite(Graph&, std::span<const Value> in, const Attrs& attrs) {
  const Value x = widen(in[0]), dy = widen(in[1]);
  Value slope;
  if (tanh_form(attrs)) {
    const Value t = ops::tanh(x * ((x * x) * (kTanh * kCubic) + kTanh));
    const Value inner_slope = (x * x) * (3 * kTanh * kCubic) + kTanh;
    slope = (t + 1.0) * 0.5 + (x * 0.5) * ((-(t * t) + 1.0) * inner_slope);
  } else {
    const Value bell = ops::exp((x * x) * -0.5);
    slope = (ops::erf(x * kErf) + 1.0) * 0.5 + (x * bell) * kDensity;
  }
  return {to_dtype(dy * slope, in[0].dtype())};
}

}  // namespace

const OpDef ops::gelu{
    .name = "gelu",
    .infer = infer,
    .grad = grad,
    .rule = elementwise_rule,
    .composite = composite,
    .alias = elementwise_alias,
    .precision = Precision::follow,
    .activation = [](const Attrs& attrs) { return "gelu_" + attrs.text("form"); }};

const OpDef ops::gelu_grad{.name = "gelu_grad",
                           .infer = infer_pointwise_grad,
                           .rule = elementwise_rule,
                           .composite = grad_composite,
                           .alias = elementwise_alias,
                           .precision = Precision::follow};

}  // namespace tessera
