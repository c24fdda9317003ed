// sum_squares: the sum of x² over all elements, as f32[] (f64 for f64): a tensor's part of the
// gradient norm.
#include "framework/ops/shared/precise.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs&) {
  require(in.size() == 1, "takes one operand, not {}", in.size());
  require(is_float(in[0].dtype), "takes floats, not {}", in[0].dtype);
  return {{precise(in[0].dtype), {}}};
}

std::vector<Value> grad(const GradCall& call) {
  const Value x = call.inputs[0];
  return {to_dtype(widen(x) * (call.cotangents[0] * 2.0), x.dtype())};
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs&) {
  return make_rule(index_names(in[0].rank()) + " ->", in, out);
}

std::vector<Value> composite(Graph&, std::span<const Value> in, const Attrs&) {
  const Value x = widen(in[0]);
  return {ops::sum(x * x)};
}

}  // namespace

const OpDef ops::sum_squares{
    .name = "sum_squares", .infer = infer, .grad = grad, .rule = rule, .composite = composite};

}  // namespace tessera
