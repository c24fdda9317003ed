// min: the smallest element over `dims`, an attribute as in sum; NaN if there is one. The gradient
// is shared equally among ties.
#include "framework/ops/shared/elementwise.h"
#include "framework/ops/shared/reduction.h"

namespace tessera {
namespace {

std::vector<Value> grad(const GradCall& call) {
  const Value x = call.inputs[0], dy = call.cotangents[0];
  const Value best = expand_reduced(call.outputs[0], x.shape(), call.attrs);
  const Value chosen = ops::cast(ops::equal(x, best), {{"to", std::string(to_string(x.dtype()))}});
  const Value ties = ops::sum(chosen, call.attrs);
  return {chosen * expand_reduced(dy / ties, x.shape(), call.attrs)};
}

}  // namespace

const OpDef ops::min{.name = "min",
                     .infer = infer_reduction,
                     .grad = grad,
                     .rule = whole_reduction_rule,
                     .precision = Precision::follow};

}  // namespace tessera
