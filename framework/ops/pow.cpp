// pow: a to the power b, elementwise with broadcasting. The gradient of b is NaN where a is
// negative, since a real power of a negative number is defined at integers alone.
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<Value> grad(const GradCall& call) {
  const Value a = call.inputs[0], b = call.inputs[1], dy = call.cotangents[0];
  const Value zero = scalar_like(a, 0.0);
  // a^(b-1) may be infinite at a = 0 where b = 0 makes the product 0; log a is infinite at a = 0
  // where the power is flat.
  const Value slope = ops::where(ops::equal(b, zero), zero, b * ops::pow(a, b + -1.0));
  const Value log = ops::where(ops::equal(a, zero), zero, ops::log(a));
  return {sum_to(dy * slope, a.shape()), sum_to(dy * (call.outputs[0] * log), b.shape())};
}

}  // namespace

const OpDef ops::pow{.name = "pow",
                     .infer = infer_float_binary,
                     .grad = grad,
                     .rule = elementwise_rule,
                     .alias = elementwise_alias};

}  // namespace tessera
