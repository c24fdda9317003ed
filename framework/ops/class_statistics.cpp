// class_statistics: what a rank that holds part of the classes contributes to the loss over all
// classes. Operands are logits [rows…, Vlocal] and labels i32[rows…], which count in the whole
// (attributes whole = [V], origin = [the first class]; see framework/core/part.h). Results
// f32[rows…] (f64 for f64 logits): picked, the logit of the label where this part has it,
// otherwise 0 (NaN when the label is no class of the whole), and lse = ln sum e^logit of the
// classes held. The sum of picked over the parts, and the log-sum-exp of lse over them, are those
// of cross_entropy. The pass that splits cross_entropy makes this op, after gradients.
#include "framework/core/part.h"
#include "framework/ops/shared/class_rows.h"
#include "framework/ops/shared/elementwise.h"
#include "framework/ops/shared/fill.h"
#include "framework/ops/shared/precise.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require(in.size() == 2, "takes logits and labels, not {} operands", in.size());
  const TensorType row{precise(in[0].dtype), class_rows(in[0], in[1])};
  require_part(attrs, {in[0].shape.back()});
  return {row, row};
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs&) {
  const std::string rows = index_names(in[0].rank() - 1);
  return make_rule(rows + " classes!, " + rows + " -> " + rows + ", " + rows, in, out);
}

std::vector<Value> composite(Graph& graph, std::span<const Value> in, const Attrs& attrs) {
  const Value x = widen(in[0]), labels = in[1];
  const int64_t classes = x.dim(-1);
  const int64_t whole = attrs.has("whole") ? attrs.list("whole")[0] : classes;
  const auto number = [&](int64_t n) {
    return fill(graph, static_cast<double>(n), {DType::i32, {}}, "number");
  };
  // The iota tells where this part begins, also while only its place is known.
  const Attrs counted =
      with_part({{"dim", int64_t{0}}, {"dtype", std::string("i32")}, {"shape", Shape{1}}}, attrs);
  const Value first =
      ops::reshape(graph.add1(ops::iota, {}, counted, "first_class"), {{"shape", Shape{}}});
  const Attrs along{{"dims", std::vector<int64_t>{-1}}, {"keep", true}};
  const Attrs away{{"dims", std::vector<int64_t>{-1}}, {"keep", false}};
  // A row whose classes are all at -inf has -inf as its lse, not NaN.
  const Value most = ops::maximum(ops::max(x, along), scalar_like(x, -1e30));
  const Value lse = ops::log(ops::sum(ops::exp(x - most), away)) +
                    ops::reshape(most, {{"shape", labels.shape()}});
  const Value at = labels - first, zero = scalar_like(x, 0.0);
  const Value place = ops::maximum(ops::minimum(at, number(classes - 1)), number(0));
  const Value logit = ops::reshape(ops::take_along(x, column(place), {{"dim", x.rank() - 1}}),
                                   {{"shape", labels.shape()}});
  const Value held = ops::where(ops::equal(at, place), logit, zero);
  const Value picked =
      ops::where(ops::less(labels, number(whole)), held, ops::log(scalar_like(x, -1.0)));  // NaN
  return {picked, lse};
}

}  // namespace

const OpDef ops::class_statistics{.name = "class_statistics",
                                  .infer = infer,
                                  .rule = rule,
                                  .composite = composite,
                                  .precision = Precision::follow,
                                  .low_operands = 0b1};

}  // namespace tessera
