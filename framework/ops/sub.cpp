// sub: a - b, elementwise with broadcasting.
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<Value> grad(const GradCall& call) {
  const Value dy = call.cotangents[0];
  return {sum_to(dy, call.inputs[0].shape()), sum_to(-dy, call.inputs[1].shape())};
}

}  // namespace

const OpDef ops::sub{.name = "sub",
                     .infer = infer_binary,
                     .grad = grad,
                     .rule = elementwise_rule,
                     .sums = Sums::linear,
                     .alias = elementwise_alias,
                     .precision = Precision::follow};

Value operator-(Value a, Value b) { return ops::sub(a, b); }

}  // namespace tessera
