// sin: the sine of an angle in radians.
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<Value> grad(const GradCall& call) {
  return {call.cotangents[0] * ops::cos(call.inputs[0])};
}

}  // namespace

const OpDef ops::sin{.name = "sin",
                     .infer = infer_unary,
                     .grad = grad,
                     .rule = elementwise_rule,
                     .alias = elementwise_alias};

}  // namespace tessera
