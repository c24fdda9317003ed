// tanh: the hyperbolic tangent. Its gradient dy · (1 - y²) uses the result.
#include "framework/ops/shared/elementwise.h"
#include "framework/ops/shared/precise.h"

namespace tessera {
namespace {

std::vector<Value> grad(const GradCall& call) {
  return {ops::tanh_grad(call.outputs[0], call.cotangents[0])};
}

std::vector<Value> grad_composite(Graph&, std::span<const Value> in, const Attrs&) {
  const Value y = widen(in[0]), dy = widen(in[1]);
  return {to_dtype(dy * (-(y * y) + 1.0), in[0].dtype())};
}

}  // namespace

const OpDef ops::tanh{.name = "tanh",
                      .infer = infer_unary,
                      .grad = grad,
                      .rule = elementwise_rule,

                      .alias = elementwise_alias,
                      .precision = Precision::follow};

const OpDef ops::tanh_grad{.name = "tanh_grad",
                           .infer = infer_pointwise_grad,
                           .rule = elementwise_rule,
                           .composite = grad_composite,
                           .alias = elementwise_alias,
                           .precision = Precision::follow};

}  // namespace tessera
