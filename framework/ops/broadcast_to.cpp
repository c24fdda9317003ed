// broadcast_to: stretches dims of size one (aligned at the right) to attribute shape.
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require(in.size() == 1, "takes one operand, not {}", in.size());
  const Shape& shape = attrs.list("shape");
  require(broadcast(in[0].shape, shape) == shape, "{} does not stretch to {}", in[0],
          to_string(shape));
  return {{in[0].dtype, shape}};
}

std::vector<Value> grad(const GradCall& call) {
  return {sum_to(call.cotangents[0], call.inputs[0].shape())};
}

Attrs local_attrs(const Attrs& attrs, TypeSpan, TypeSpan, TypeSpan local_out) {
  Attrs local = attrs;
  local.set("shape", local_out[0].shape);
  return local;
}

}  // namespace

const OpDef ops::broadcast_to{.name = "broadcast_to",
                              .infer = infer,
                              .grad = grad,
                              .rule = elementwise_rule,
                              .local_attrs = local_attrs,
                              .sums = Sums::linear,
                              .precision = Precision::follow};

}  // namespace tessera
