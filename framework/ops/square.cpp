// square: x².
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<Value> grad(const GradCall& call) {
  return {call.cotangents[0] * (call.inputs[0] * 2.0)};
}

}  // namespace

const OpDef ops::square{.name = "square",
                        .infer = infer_unary,
                        .grad = grad,
                        .rule = elementwise_rule,
                        .alias = elementwise_alias,
                        .precision = Precision::follow};

}  // namespace tessera
