// update_slice: target with `update` written at `start` along `dim`; start is attribute `start` or
// a third operand, i32: one for all, or one for each entry of dim 0 (then `dim` is a later one), so
// that rows of unequal length grow side by side. The result takes the target's memory: this is how a key/value cache
// grows, and how chunks become one tensor. A start that does not leave room for the whole update is
// an error when the op runs.
#include "framework/core/dims.h"
#include "framework/ops/iota.h"
#include "framework/ops/shared/elementwise.h"
#include "framework/ops/shared/fill.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require(in.size() == 2 || in.size() == 3,
          "takes target, update and perhaps start, not {} operands", in.size());
  require(attrs.has("start") == (in.size() == 2), "start is either an attribute or an operand");
  const auto dim = static_cast<size_t>(checked_dim(attrs.integer("dim"), in[0].rank()));
  require(in[1].rank() == in[0].rank(), "target {} and update {} must have one rank", in[0], in[1]);
  TensorType rest = in[1];
  rest.shape[dim] = in[0].shape[dim];
  require(rest == in[0] && in[1].shape[dim] <= in[0].shape[dim],
          "update {} does not fit into target {} along dim {}", in[1], in[0], dim);
  if (in.size() == 3)
    require(in[2] == TensorType{DType::i32, {}} ||
                (dim > 0 && in[2] == TensorType{DType::i32, {in[0].shape[0]}}),
            "start must be i32[], or along a later dim than the first one for each of that, not {}",
            in[2]);
  else
    require(0 <= attrs.integer("start") &&
                attrs.integer("start") + in[1].shape[dim] <= in[0].shape[dim],
            "update {} at {} along dim {} is not inside target {}", in[1], attrs.integer("start"),
            dim, in[0]);
  return {in[0]};
}

std::vector<Value> grad(const GradCall& call) {
  const Value dy = call.cotangents[0];
  const int64_t dim = checked_dim(call.attrs.integer("dim"), dy.rank());
  const int64_t n = call.inputs[1].dim(dim);
  const bool fixed = call.inputs.size() == 2;
  const Value start =
      fixed ? fill(call.graph, static_cast<double>(call.attrs.integer("start")), {DType::i32, {}})
            : call.inputs[2];
  // Outside the update's place the target's cotangent is dy, and inside it is 0.
  const bool by_row = start.rank() == 1;
  Shape line(dy.shape().size(), 1), rows(line);
  line[static_cast<size_t>(dim)] = dy.dim(dim);
  if (by_row) rows[0] = dy.dim(0);
  const Value at = iota(call.graph, {DType::i32, line}, dim),
              begin = by_row ? ops::reshape(start, {{"shape", rows}}) : start;
  const Value zero = scalar_like(dy, 0.0);
  const Value inside =
      ops::where(ops::less(at, begin + static_cast<double>(n)), zero, dy, {}, "outside");
  const Value target = ops::where(ops::less(at, begin), dy, inside);
  Value update;
  if (fixed) {
    std::vector<int64_t> starts(line.size(), 0), limits = dy.shape();
    starts[static_cast<size_t>(dim)] = call.attrs.integer("start");
    limits[static_cast<size_t>(dim)] = call.attrs.integer("start") + n;
    update = ops::slice(dy, {{"starts", starts}, {"limits", limits}});
  } else if (by_row) {
    const Value list = iota(call.graph, {DType::i32, {1, n}}, 1) +
                       ops::reshape(start, {{"shape", Shape{dy.dim(0), 1}}});
    update = ops::gather(dy, list, {{"dim", dim}, {"batch", int64_t{1}}});
  } else {
    update = ops::gather(dy, iota(call.graph, {DType::i32, {n}}, 0) + start, {{"dim", dim}});
  }
  std::vector<Value> out{target, update};
  if (!fixed) out.emplace_back();
  return out;
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs& attrs) {
  const int64_t dim = checked_dim(attrs.integer("dim"), out[0].rank());
  std::string target, update;
  for (int64_t d = 0; d < out[0].rank(); ++d) {
    target += d == dim ? " t!" : fmt::format(" d{}", d);
    update += d == dim ? " u!" : fmt::format(" d{}", d);
  }
  const char* start = in.size() == 2 ? "" : in[2].shape.empty() ? ", " : ", d0";
  return make_rule(target + "," + update + start + " -> " + target, in, out);
}

std::vector<Alias> alias(TypeSpan, TypeSpan, const Attrs&) {
  return {{0, 0, Alias::Kind::donate, 0}};
}

}  // namespace

const OpDef ops::update_slice{.name = "update_slice",
                              .infer = infer,
                              .grad = grad,
                              .rule = rule,
                              .alias = alias,
                              .precision = Precision::follow};

}  // namespace tessera
