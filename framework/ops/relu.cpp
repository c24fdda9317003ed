// relu: max(x, 0). Its gradient is dy where the result is above zero, and 0 elsewhere.
#include "framework/ops/shared/elementwise.h"
#include "framework/ops/shared/precise.h"

namespace tessera {
namespace {

std::vector<Value> grad(const GradCall& call) {
  return {ops::relu_grad(call.outputs[0], call.cotangents[0])};
}

std::vector<Value> grad_composite(Graph&, std::span<const Value> in, const Attrs&) {
  const Value y = in[0], dy = in[1], zero = scalar_like(y, 0.0);
  return {ops::where(ops::less_equal(y, zero), zero, dy)};
}

}  // namespace

const OpDef ops::relu{.name = "relu",
                      .infer = infer_unary,
                      .grad = grad,
                      .rule = elementwise_rule,
                      .alias = elementwise_alias,
                      .precision = Precision::follow,
                      .activation = [](const Attrs&) { return std::string("relu"); }};

const OpDef ops::relu_grad{.name = "relu_grad",
                           .infer = infer_pointwise_grad,
                           .rule = elementwise_rule,
                           .composite = grad_composite,
                           .alias = elementwise_alias,
                           .precision = Precision::follow};

}  // namespace tessera
