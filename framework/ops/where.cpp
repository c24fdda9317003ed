// where: a where the boolean condition holds, b elsewhere; all three broadcast.
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs&) {
  require(in.size() == 3, "takes a condition and two operands, not {}", in.size());
  require(in[0].dtype == DType::boolean, "the condition must be boolean, not {}", in[0].dtype);
  require(in[1].dtype == in[2].dtype, "both choices must have one dtype; cast one of {} and {}",
          in[1].dtype, in[2].dtype);
  return {{in[1].dtype, broadcast(in[0].shape, broadcast(in[1].shape, in[2].shape))}};
}

std::vector<Value> grad(const GradCall& call) {
  const Value condition = call.inputs[0], dy = call.cotangents[0], zero = scalar_like(dy, 0.0);
  return {{},
          sum_to(ops::where(condition, dy, zero), call.inputs[1].shape()),
          sum_to(ops::where(condition, zero, dy), call.inputs[2].shape())};
}

}  // namespace

const OpDef ops::where{.name = "where",
                       .infer = infer,
                       .grad = grad,
                       .rule = elementwise_rule,
                       .alias = elementwise_alias,
                       .precision = Precision::follow};

}  // namespace tessera
