// head_loss_grad: cotangents of x, weight and bias of head_loss, from its operands and the
// cotangent of the loss. With `to` the weight's cotangent has that dtype.
#include "framework/core/dense_operands.h"
#include "framework/ops/head_loss.h"
#include "framework/ops/linear.h"
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  const HeadOperands at(attrs);
  require(in.size() == at.count + 1, "takes {} operands, not {}", at.count + 1, in.size());
  std::vector<TensorType> out{in[0], in[1]};
  if (attrs.has("to")) out[1].dtype = parse_dtype(attrs.text("to"));
  if (at.bias) out.push_back(in[*at.bias]);
  return out;
}

std::vector<Value> composite(Graph&, std::span<const Value> in, const Attrs& attrs) {
  const HeadOperands at(attrs);
  const Value x = in[0], w = in[1], labels = in[at.labels], weights = in[at.weights],
              dloss = in.back();
  const Value logits = linear(x, w, at.bias ? in[*at.bias] : Value(), "logits");
  const Attrs smooth{{"label_smoothing", 0.0}};
  const Value lse = ops::cross_entropy.all({logits, labels, weights}, smooth, "losses")[1];
  const Value each = ops::broadcast_to(dloss, {{"shape", weights.shape()}});
  const Value d =
      ops::cross_entropy_grad.all({logits, labels, weights, lse, each}, smooth, "dlogits")[0];
  const std::string to = attrs.has("to") ? attrs.text("to") : std::string(to_string(w.dtype()));
  std::vector<Value> out{ops::matmul(d, w, {}, "dx"),
                         ops::matmul(d, x, {{"trans_a", true}, {"to", to}}, "dw")};
  if (at.bias) {
    const DType dtype = in[*at.bias].dtype();
    const Value db = ops::sum(d, {{"dims", Shape{0}}, {"keep", false}}, "db");
    out.push_back(db.dtype() == dtype ? db
                                      : ops::cast(db, {{"to", std::string(to_string(dtype))}}));
  }
  return out;
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs& attrs) {
  return make_rule(attrs.flag("bias") ? "n d!, v~ d!, v~, n, n, -> n d!, v~ d!, v~"
                                      : "n d!, v~ d!, n, n, -> n d!, v~ d!",
                   in, out);
}

std::vector<Value> localize(const LocalizeCall& call) { return add_split_head(call); }

/// FLOPs of dx and dw; making the logits again, when the op runs alone, is no work of the model.
double flops(TypeSpan in, TypeSpan, const Attrs&) {
  return 4.0 * static_cast<double>(in[0].numel()) * static_cast<double>(in[1].shape[0]);
}

}  // namespace

const OpDef ops::head_loss_grad{.name = "head_loss_grad",
                                .infer = infer,
                                .rule = rule,
                                .localize = localize,
                                .composite = composite,
                                .flops = flops,
                                .precision = Precision::low,
                                .low_operands = 0b11,
                                .takes_to = true};

}  // namespace tessera
