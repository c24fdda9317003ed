// gather: the slices of x along `dim` that a list of i32 indices names, in its order. An index outside the dim is an
// error when it runs.
#include "framework/core/dims.h"
#include "framework/ops/elementwise.h"
#include "framework/ops/fill.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require(in.size() == 2, "takes x and indices, not {} operands", in.size());
  require(in[1].dtype == DType::i32 && in[1].rank() == 1, "indices must be a list of i32, not {}",
          to_string(in[1]));
  TensorType out = in[0];
  out.shape[static_cast<size_t>(checked_dim(attrs.integer("dim"), in[0].rank()))] = in[1].shape[0];
  return {out};
}

std::vector<Value> grad(const GradCall& call) {
  const Value zeros = fill(call.graph, 0.0, call.inputs[0].type(), "zeros");
  return {ops::scatter_add(zeros, call.inputs[1], call.cotangents[0], call.attrs), {}};
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs& attrs) {
  const int64_t dim = checked_dim(attrs.integer("dim"), out[0].rank());
  std::string left, right;
  for (int64_t d = 0; d < out[0].rank(); ++d) {
    left += d == dim ? " x!" : fmt::format(" d{}", d);
    right += d == dim ? " n" : fmt::format(" d{}", d);
  }
  return make_rule(left + ", n -> " + right, in, out);
}

}  // namespace

const OpDef ops::gather{
    .name = "gather", .infer = infer, .grad = grad, .rule = rule, .precision = Precision::follow};

}  // namespace tessera
