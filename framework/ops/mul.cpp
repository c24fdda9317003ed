// mul: a · b, elementwise with broadcasting.
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<Value> grad(const GradCall& call) {
  const Value a = call.inputs[0], b = call.inputs[1], dy = call.cotangents[0];
  return {sum_to(dy * b, a.shape()), sum_to(dy * a, b.shape())};
}

}  // namespace

const OpDef ops::mul{.name = "mul",
                     .infer = infer_binary,
                     .grad = grad,
                     .rule = elementwise_rule,
                     .sums = Sums::scale,
                     .alias = elementwise_alias,
                     .precision = Precision::follow};

Value operator*(Value a, Value b) { return ops::mul(a, b); }
Value operator*(Value a, double b) { return ops::mul(a, scalar_like(a, b)); }

}  // namespace tessera
