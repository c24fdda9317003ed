// top_k: the k largest elements of the last dim in falling order, and their i32 indices. Among
// equals the first comes first, and NaN counts as largest.
#include "framework/ops/shared/along.h"
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require(in.size() == 1, "takes one operand, not {}", in.size());
  require(in[0].rank() > 0, "takes an operand with at least one dim");
  const int64_t k = attrs.integer("k");
  require(k >= 1 && k <= in[0].shape.back(), "there are no {} elements in the last dim of {}", k,
          in[0]);
  TensorType values = in[0];
  values.shape.back() = k;
  return {values, {DType::i32, values.shape}};
}

std::vector<Value> grad(const GradCall& call) {
  const Value x = call.inputs[0];
  return {add_along(call.cotangents[0], call.outputs[1], x.shape(), x.rank() - 1)};
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs&) {
  const std::string outer = index_names(in[0].rank() - 1);
  return make_rule(outer + " x! -> " + outer + " k!, " + outer + " k!", in, out);
}

}  // namespace

const OpDef ops::top_k{.name = "top_k", .infer = infer, .grad = grad, .rule = rule};

}  // namespace tessera
