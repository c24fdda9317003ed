// minimum: the smaller of a and b, elementwise with broadcasting; NaN if either is NaN. Where a and
// b are equal each gets half of the gradient.
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<Value> grad(const GradCall& call) {
  const Value a = call.inputs[0], b = call.inputs[1], dy = call.cotangents[0];
  const Value tie = ops::where(ops::equal(a, b), dy * 0.5, scalar_like(dy, 0.0));
  const Value da = ops::where(ops::less(a, b), dy, tie);
  return {sum_to(da, a.shape()), sum_to(dy - da, b.shape())};
}

}  // namespace

const OpDef ops::minimum{.name = "minimum",
                         .infer = infer_binary,
                         .grad = grad,
                         .rule = elementwise_rule,
                         .alias = elementwise_alias,
                         .precision = Precision::follow};

}  // namespace tessera
