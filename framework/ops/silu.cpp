// silu: x σ(x), also called swish (Elfwing et al., "Sigmoid-weighted linear units", 2018).
#include "framework/ops/shared/elementwise.h"
#include "framework/ops/shared/precise.h"

namespace tessera {
namespace {

std::vector<Value> grad(const GradCall& call) {
  return {ops::silu_grad(call.inputs[0], call.cotangents[0])};
}

std::vector<Value> composite(Graph&, std::span<const Value> in, const Attrs&) {
  const Value x = widen(in[0]);
  return {to_dtype(x * ops::sigmoid(x), in[0].dtype())};
}

std::vector<Value> grad_composite(Graph&, std::span<const Value> in, const Attrs&) {
  const Value x = widen(in[0]), dy = widen(in[1]), s = ops::sigmoid(x);
  return {to_dtype(dy * (s * (x * (-s + 1.0) + 1.0)), in[0].dtype())};
}

}  // namespace

const OpDef ops::silu{.name = "silu",
                      .infer = infer_unary,
                      .grad = grad,
                      .rule = elementwise_rule,
                      .composite = composite,
                      .alias = elementwise_alias,
                      .precision = Precision::follow,
                      .activation = [](const Attrs&) { return std::string("silu"); }};

const OpDef ops::silu_grad{.name = "silu_grad",
                           .infer = infer_pointwise_grad,
                           .rule = elementwise_rule,
                           .composite = grad_composite,
                           .alias = elementwise_alias,
                           .precision = Precision::follow};

}  // namespace tessera
