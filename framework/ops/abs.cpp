// abs: |x|. The gradient at 0 is 0.
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<Value> grad(const GradCall& call) {
  const Value x = call.inputs[0], dy = call.cotangents[0], zero = scalar_like(x, 0.0);
  return {ops::where(ops::less(x, zero), -dy, ops::where(ops::less(zero, x), dy, zero))};
}

}  // namespace

const OpDef ops::abs{.name = "abs",
                     .infer = infer_unary,
                     .grad = grad,
                     .rule = elementwise_rule,
                     .alias = elementwise_alias,
                     .precision = Precision::follow};

}  // namespace tessera
