// embedding: rows of a table [V, D] by number: ids i32[…] -> […, D]; attribute out (optional):
// the result's dtype. An id that is no row gives NaN. embedding_grad (ids, dy) sums the rows of dy
// into f32[vocab, D] (f64 for f64) in order of position, whatever the threads; with attribute
// accumulate it adds to its third operand, in place, so that a table that is also the output head
// needs one gradient buffer. On a part of the rows (whole = [V], origin = [the first]; see
// framework/core/part.h; vocab counts the rows held) an id of another part gives zeros, and its
// gradient is left to that part.
#include "framework/core/part.h"
#include "framework/graph/localize.h"
#include "framework/ops/shared/elementwise.h"
#include "framework/ops/shared/precise.h"

namespace tessera {
namespace {

void require_ids(const TensorType& ids) {
  require(ids.dtype == DType::i32, "ids are i32, not {}", ids.dtype);
}

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require(in.size() == 2, "takes ids and a table, not {} operands", in.size());
  require_ids(in[0]);
  require(in[1].rank() == 2 && is_float(in[1].dtype), "a table is a float matrix, not {}", in[1]);
  require_part(attrs, {in[1].shape[0]});
  TensorType out{attrs.has("out") ? parse_dtype(attrs.text("out")) : in[1].dtype, in[0].shape};
  require(is_float(out.dtype), "out must be a float type, not {}", out.dtype);
  out.shape.push_back(in[1].shape[1]);
  return {out};
}

std::vector<TensorType> infer_grad(TypeSpan in, const Attrs& attrs) {
  const size_t operands = attrs.flag("accumulate") ? 3 : 2;
  require(in.size() == operands, "takes {} operands, not {}", operands, in.size());
  require_ids(in[0]);
  Shape rows = in[0].shape;
  const TensorType& dy = in[1];
  require(dy.rank() == in[0].rank() + 1 && is_float(dy.dtype) &&
              std::equal(rows.begin(), rows.end(), dy.shape.begin()),
          "the cotangent of rows {} is {}", in[0], dy);
  const TensorType out{precise(dy.dtype), {attrs.integer("vocab"), dy.shape.back()}};
  require(out.shape[0] > 0, "vocab is {}", out.shape[0]);
  require_part(attrs, {out.shape[0]});
  require(operands == 2 || in[2] == out, "what is added to is {}, not {}", out, in.back());
  return {out};
}

std::vector<Value> grad(const GradCall& call) {
  const Value table = call.inputs[1];
  const Value dtable = ops::embedding_grad(call.inputs[0], call.cotangents[0],
                                           with_part({{"vocab", table.dim(0)}}, call.attrs));
  return {Value(), to_dtype(dtable, table.dtype())};
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs&) {
  const std::string ids = index_names(in[0].rank());
  return make_rule(ids + ", rows~ width -> " + ids + " width", in, out);
}

/// When accumulating, every part would add the third operand, so positions stay whole.
IndexRule grad_rule(TypeSpan in, TypeSpan out, const Attrs& attrs) {
  const bool accumulate = attrs.flag("accumulate");
  std::string ids;
  for (int64_t i = 0; i < in[0].rank(); ++i)
    ids += fmt::format("{}{} ", static_cast<char>('a' + i), accumulate ? "!" : "");
  return make_rule(
      ids + ", " + ids + "width" + (accumulate ? ", rows~ width" : "") + " -> rows~ width", in,
      out);
}

std::vector<Value> localize(const LocalizeCall& call) {
  return call.graph.add(call.op, call.inputs, call.with_part({call.rule.inputs[1][0]}), call.name);
}

std::vector<Value> localize_grad(const LocalizeCall& call) {
  return call.graph.add(call.op, call.inputs, call.with_part({call.rule.outputs[0][0]}), call.name);
}

Attrs grad_local_attrs(const Attrs& attrs, TypeSpan, TypeSpan, TypeSpan local_out) {
  Attrs local = attrs;
  local.set("vocab", local_out[0].shape[0]);
  return local;
}

std::vector<Alias> grad_alias(TypeSpan, TypeSpan, const Attrs& attrs) {
  if (!attrs.flag("accumulate")) return {};
  return {{0, 2, Alias::Kind::donate, 0}};
}

}  // namespace

const OpDef ops::embedding{.name = "embedding",
                           .infer = infer,
                           .grad = grad,
                           .rule = rule,
                           .localize = localize,
                           .precision = Precision::low,
                           .low_operands = 0b10};

const OpDef ops::embedding_grad{.name = "embedding_grad",
                                .infer = infer_grad,
                                .rule = grad_rule,
                                .local_attrs = grad_local_attrs,
                                .localize = localize_grad,
                                .alias = grad_alias,
                                .precision = Precision::follow,
                                .low_operands = 0b10,
                                .takes_to = true,
                                .accumulates = Accumulates::always,
                                .plain_sum = true};

}  // namespace tessera
