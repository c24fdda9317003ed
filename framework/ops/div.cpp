// div: a / b, elementwise with broadcasting. Floats only.
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<Value> grad(const GradCall& call) {
  const Value a = call.inputs[0], b = call.inputs[1], da = call.cotangents[0] / b;
  return {sum_to(da, a.shape()), sum_to(-(da * call.outputs[0]), b.shape())};
}

}  // namespace

const OpDef ops::div{.name = "div",
                     .infer = infer_float_binary,
                     .grad = grad,
                     .rule = elementwise_rule,
                     .alias = elementwise_alias,
                     .precision = Precision::follow};

Value operator/(Value a, Value b) { return ops::div(a, b); }

}  // namespace tessera
