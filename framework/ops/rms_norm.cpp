// rms_norm: x · rstd · gain over the last dim (Zhang and Sennrich, "Root mean square layer
// normalization", 2019), with rstd = 1 / sqrt(mean of x² + eps). Results: y, and rstd of each row,
// which the gradient needs. rms_norm_grad gives dx and dgain; with attribute add its last operand,
// another contribution to dx, is added in the same sweep.
#include "framework/ops/shared/norm.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  return infer_norm(in, attrs, 1, 1);
}

std::vector<Value> grad(const GradCall& call) {
  const Value x = call.inputs[0], rstd = call.outputs[1];
  std::vector<Value> d(2);
  if (call.cotangents[0]) d = ops::rms_norm_grad.all({x, call.inputs[1], rstd, call.cotangents[0]});
  if (call.cotangents[1]) d[0] = add_to(d[0], rstd_grad(call.cotangents[1], x, Value(), rstd));
  return d;
}

std::vector<Value> composite(Graph&, std::span<const Value> in, const Attrs& attrs) {
  const Value x = widen(in[0]);
  const Value rstd = ops::rsqrt(mean_of_rows(x * x) + attrs.real("eps"));
  const DType out = attrs.has("out") ? parse_dtype(attrs.text("out")) : in[0].dtype();
  return {to_dtype((x * rstd) * in[1], out), per_row(rstd)};
}

std::vector<TensorType> infer_grad(TypeSpan in, const Attrs& attrs) {
  return infer_norm_grad(in, attrs, 1, 1);
}

}  // namespace

const OpDef ops::rms_norm{.name = "rms_norm",
                          .infer = infer,
                          .grad = grad,
                          .rule = norm_rule,
                          .composite = composite,
                          .alias = norm_alias,
                          .precision = Precision::follow,
                          .low_operands = 0b1};

const OpDef ops::rms_norm_grad{.name = "rms_norm_grad",
                               .infer = infer_grad,
                               .rule = norm_grad_rule,
                               .alias = norm_alias,
                               .precision = Precision::follow,
                               .low_operands = 0b11001};

}  // namespace tessera
