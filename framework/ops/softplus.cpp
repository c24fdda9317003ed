// softplus: ln(1 + e^x), a smooth max(x, 0) (Dugas and others, "Incorporating second-order
// functional knowledge", 2000). Its gradient is dy · σ(x).
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<Value> grad(const GradCall& call) {
  return {call.cotangents[0] * ops::sigmoid(call.inputs[0])};
}

/// ln(1 + e^x) as max(x, 0) + ln(1 + e^-|x|), in which nothing overflows.
std::vector<Value> composite(Graph&, std::span<const Value> inputs, const Attrs&) {
  const Value x = inputs[0];
  return {ops::maximum(x, scalar_like(x, 0.0)) + ops::log(ops::exp(-ops::abs(x)) + 1.0)};
}

}  // namespace

const OpDef ops::softplus{.name = "softplus",
                          .infer = infer_unary,
                          .grad = grad,
                          .rule = elementwise_rule,
                          .composite = composite,
                          .alias = elementwise_alias,
                          .precision = Precision::follow};

}  // namespace tessera
