// cross_entropy: per row, weight · (lse - logit[label]) with lse = ln sum e^logit. Inputs logits
// [rows…, V], labels i32[rows…], weights f32[rows…]; results loss and lse, f32[rows…] (f64
// for f64 logits). Attribute label_smoothing s gives the label 1 - s and spreads s evenly over all
// classes. A row with a label below zero is ignored: loss, lse and gradient are 0. A label that is
// no class makes the row NaN. cross_entropy_grad gives dlogits and may overwrite the logits. On a
// part of the classes (whole = [V], origin = [the first]; see framework/core/part.h)
// cross_entropy_grad takes the lse of all classes; labels count in the whole, and s is spread over
// the whole.
#include "framework/core/part.h"
#include "framework/ops/shared/class_rows.h"
#include "framework/ops/shared/elementwise.h"
#include "framework/ops/shared/fill.h"
#include "framework/ops/shared/precise.h"

namespace tessera {
namespace {

void require_rows(TypeSpan in, const Attrs& attrs) {
  const TensorType& logits = in[0];
  const Shape rows = class_rows(logits, in[1]);
  const TensorType wanted{precise(logits.dtype), rows};
  for (size_t i = 2; i < in.size(); ++i)
    require(in[i] == wanted, "weights of logits {} are {}, not {}", logits, wanted, in[i]);
  const double s = attrs.has("label_smoothing") ? attrs.real("label_smoothing") : 0.0;
  require(s >= 0 && s <= 1, "label_smoothing is between 0 and 1, not {}", s);
}

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require(in.size() == 3, "takes logits, labels and weights, not {} operands", in.size());
  require_rows(in, attrs);
  return {in[2], in[2]};
}

std::vector<TensorType> infer_grad(TypeSpan in, const Attrs& attrs) {
  require(in.size() == 5, "takes logits, labels, weights, lse and dloss, not {} operands",
          in.size());
  require_rows(in, attrs);
  require_part(attrs, {in[0].shape.back()});
  return {in[0]};
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs&) {
  const std::string rows = index_names(in[0].rank() - 1);
  const auto side = [&](TypeSpan types) {
    std::string text;
    for (size_t i = 0; i < types.size(); ++i)
      text += (i ? ", " : " ") + rows + (types[i].rank() == in[0].rank() ? " classes~" : "");
    return text;
  };
  return make_rule(side(in) + " ->" + side(out), in, out);
}

std::vector<Value> grad(const GradCall& call) {
  const Value logits = call.inputs[0], lse = call.outputs[1];
  Value dlogits;
  if (call.cotangents[0])
    dlogits = ops::cross_entropy_grad.all(
        {logits, call.inputs[1], call.inputs[2], lse, call.cotangents[0]}, call.attrs)[0];
  if (call.cotangents[1]) {  // d lse / d logits is the softmax
    const Value x = widen(logits), zero = scalar_like(lse, 0.0);
    const Value ignored = ops::less(call.inputs[1], fill(call.graph, 0, {DType::i32, {}}, "zero"));
    const Value dlse = ops::where(ignored, zero, call.cotangents[1]);
    const Value more =
        to_dtype(ops::softmax(x, {{"dim", int64_t{-1}}}) * column(dlse), logits.dtype());
    dlogits = dlogits ? dlogits + more : more;
  }
  return {dlogits, Value(), Value()};
}

std::vector<Value> composite(Graph& graph, std::span<const Value> in, const Attrs& attrs) {
  const Value x = widen(in[0]), labels = in[1], weights = in[2];
  const Attrs along{{"dims", std::vector<int64_t>{-1}}, {"keep", true}};
  const Attrs away{{"dims", std::vector<int64_t>{-1}}, {"keep", false}};
  const double s = attrs.has("label_smoothing") ? attrs.real("label_smoothing") : 0.0;
  const Value none = fill(graph, 0, {DType::i32, {}}, "none"), zero = scalar_like(weights, 0.0);
  const Value ignored = ops::less(labels, none);
  const Value most = ops::max(x, along);
  const Value lse = ops::log(ops::sum(ops::exp(x - most), away)) +
                    ops::reshape(most, {{"shape", labels.shape()}});
  const Value picked =
      ops::take_along(x, column(ops::maximum(labels, none)), {{"dim", x.rank() - 1}});
  Value loss = lse - ops::reshape(picked, {{"shape", labels.shape()}}) * (1.0 - s);
  if (s != 0) loss = loss - ops::mean(x, away) * s;
  return {ops::where(ignored, zero, weights * loss), ops::where(ignored, zero, lse)};
}

/// The gradient may take the place of the logits.
std::vector<Alias> grad_alias(TypeSpan, TypeSpan, const Attrs&) {
  return {{0, 0, Alias::Kind::in_place, 0}};
}

}  // namespace

const OpDef ops::cross_entropy{.name = "cross_entropy",
                               .infer = infer,
                               .grad = grad,
                               .rule = rule,
                               .composite = composite,
                               .precision = Precision::follow,
                               .low_operands = 0b1};

const OpDef ops::cross_entropy_grad{.name = "cross_entropy_grad",
                                    .infer = infer_grad,
                                    .rule = rule,
                                    .alias = grad_alias,
                                    .precision = Precision::follow,
                                    .low_operands = 0b1};

}  // namespace tessera
