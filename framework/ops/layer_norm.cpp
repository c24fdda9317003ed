// layer_norm: (x - mean) · rstd · gain + bias over the last dim (Ba et al., "Layer
// normalization", 2016), with rstd = 1 / sqrt(variance + eps). Results: y, and mean and rstd of
// each row, which the gradient needs. layer_norm_grad gives dx, dgain and dbias; with attribute add
// its last operand, another contribution to dx, is added in the same sweep.
#include "framework/ops/shared/norm.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  return infer_norm(in, attrs, 2, 2);
}

std::vector<Value> grad(const GradCall& call) {
  const Value x = call.inputs[0], gain = call.inputs[1];
  const Value mean = call.outputs[1], rstd = call.outputs[2];
  std::vector<Value> d(3);
  if (call.cotangents[0]) d = ops::layer_norm_grad.all({x, gain, mean, rstd, call.cotangents[0]});
  if (call.cotangents[1]) d[0] = add_to(d[0], spread(call.cotangents[1], x, 1.0));
  if (call.cotangents[2]) d[0] = add_to(d[0], rstd_grad(call.cotangents[2], x, mean, rstd));
  return d;
}

std::vector<Value> composite(Graph&, std::span<const Value> in, const Attrs& attrs) {
  const Value x = widen(in[0]), mean = mean_of_rows(x), d = x - mean;
  const Value rstd = ops::rsqrt(mean_of_rows(d * d) + attrs.real("eps"));
  const Value y = (d * rstd) * in[1] + in[2];
  const DType out = attrs.has("out") ? parse_dtype(attrs.text("out")) : in[0].dtype();
  return {to_dtype(y, out), per_row(mean), per_row(rstd)};
}

std::vector<TensorType> infer_grad(TypeSpan in, const Attrs& attrs) {
  return infer_norm_grad(in, attrs, 2, 2);
}

}  // namespace

const OpDef ops::layer_norm{.name = "layer_norm",
                            .infer = infer,
                            .grad = grad,
                            .rule = norm_rule,
                            .composite = composite,
                            .alias = norm_alias,
                            .precision = Precision::follow,
                            .low_operands = 0b1};

const OpDef ops::layer_norm_grad{.name = "layer_norm_grad",
                                 .infer = infer_grad,
                                 .rule = norm_grad_rule,
                                 .alias = norm_alias,
                                 .precision = Precision::follow,
                                 .low_operands = 0b110001};

}  // namespace tessera
