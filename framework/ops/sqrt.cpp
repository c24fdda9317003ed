// sqrt: the square root. Its gradient dy / 2y uses the result.
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<Value> grad(const GradCall& call) {
  return {call.cotangents[0] / (call.outputs[0] * 2.0)};
}

}  // namespace

const OpDef ops::sqrt{.name = "sqrt",
                      .infer = infer_unary,
                      .grad = grad,
                      .rule = elementwise_rule,
                      .alias = elementwise_alias};

}  // namespace tessera
