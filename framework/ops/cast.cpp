// cast: the operand in another dtype, attribute `to`. Casting to bf16 rounds to nearest even, to
// integers towards zero; a number is true as a boolean unless it is 0. Between floats the gradient
// is cast back; integers and booleans have none.
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require(in.size() == 1, "takes one operand, not {}", in.size());
  return {{parse_dtype(attrs.text("to")), in[0].shape}};
}

std::vector<Value> grad(const GradCall& call) {
  const DType from = call.inputs[0].dtype();
  if (!is_float(from)) return {Value()};
  return {ops::cast(call.cotangents[0], {{"to", std::string(to_string(from))}})};
}

}  // namespace

const OpDef ops::cast{.name = "cast",
                      .infer = infer,
                      .grad = grad,
                      .rule = elementwise_rule,
                      .sums = Sums::linear,
                      .shows = Shows::rounded,
                      .plain_sum = true};

}  // namespace tessera
