#include "framework/ops/shared/attention_composite.h"

#include "framework/core/attention_operands.h"
#include "framework/core/part.h"
#include "framework/ops/shared/fill.h"

namespace tessera {
namespace {

/// The operands and the scores in the common form (B, G, R, S, T): query head h = g · R + r.
struct Scores {
  Value q;        // (B, G, R, S, D)
  Value k, v;     // (B, G, 1, T, D), zero where no query sees the key
  Value visible;  // bool, broadcasts to (B, G, R, S, T)
  // Scaled and masked, with -inf replaced by a large negative number that exp turns to zero.
  Value scores;
};

Value reshape(Value x, Shape shape) { return ops::reshape(x, {{"shape", std::move(shape)}}); }
Value transpose(Value x, Shape perm) { return ops::transpose(x, {{"perm", std::move(perm)}}); }
Value cast(Value x, DType to) { return ops::cast(x, {{"to", std::string(to_string(to))}}); }
Value iota(Graph& graph, int64_t dim, Shape shape) {
  return graph.add1(ops::iota, {},
                    {{"dim", dim}, {"dtype", std::string("i32")}, {"shape", std::move(shape)}});
}
Value both(Value a, Value b) { return ops::where(a, b, fill(a.graph(), 0, {DType::boolean, {}})); }

Value heads_first(Value x, int64_t groups) {  // (B, S, G·R, D) -> (B, G, R, S, D)
  const int64_t b = x.dim(0), s = x.dim(1), h = x.dim(2), d = x.dim(3);
  return transpose(reshape(x, {b, s, groups, h / groups, d}), {0, 2, 3, 1, 4});
}
Value heads_last(Value x) {  // (B, G, R, S, D) -> (B, S, G·R, D)
  const int64_t b = x.dim(0), g = x.dim(1), r = x.dim(2), s = x.dim(3), d = x.dim(4);
  return reshape(transpose(x, {0, 3, 1, 2, 4}), {b, s, g * r, d});
}

Value visibility(Graph& graph, std::span<const Value> in, size_t masks, const Attrs& attrs) {
  const AttentionOperands at(attrs, masks);
  const Value documents = AttentionOperands::get(in, at.documents),
              lengths = AttentionOperands::get(in, at.lengths),
              offset = AttentionOperands::get(in, at.offset);
  const int64_t b = in[0].dim(0), s = in[0].dim(1), t = in[1].dim(1);
  Value query = iota(graph, 3, {1, 1, 1, s, 1});
  const Value key = iota(graph, 4, {1, 1, 1, 1, t});
  if (offset && offset.rank() == 1) query = query + reshape(offset, {b, 1, 1, 1, 1});
  if (offset && offset.rank() == 0) query = query + offset;
  Value visible = ops::equal(key, key);
  if (attrs.flag("causal")) visible = both(visible, ops::less_equal(key, query));
  if (const int64_t window = attrs.integer("window"); window > 0) {
    visible = both(
        visible, ops::less(ops::sub(query, key), scalar_like(query, static_cast<double>(window))));
    visible = both(
        visible, ops::less(ops::sub(key, query), scalar_like(query, static_cast<double>(window))));
  }
  if (documents)
    visible = both(visible, ops::equal(reshape(documents, {b, 1, 1, s, 1}),
                                       reshape(documents, {b, 1, 1, 1, t})));
  if (lengths) visible = both(visible, ops::less(key, reshape(lengths, {b, 1, 1, 1, 1})));
  return visible;
}

/// `masks` is the position of the first optional operand.
Scores make_scores(Graph& graph, std::span<const Value> in, size_t masks, const Attrs& attrs,
                   DType f) {
  const int64_t groups = in[1].dim(2);
  Scores out;
  out.q = heads_first(cast(in[0], f), groups);
  out.visible = visibility(graph, in, masks, attrs);
  // A key that no query sees may hold anything; zeros are put there, since 0 · NaN is NaN.
  const Value seers =
      transpose(ops::sum(cast(out.visible, DType::i32), {{"dims", Shape{3}}, {"keep", true}}),
                {0, 1, 2, 4, 3});
  const Value seen = ops::less(scalar_like(seers, 0), seers);
  const auto clean = [&](Value x) { return ops::where(seen, x, fill(graph, 0, {f, {}})); };
  out.k = clean(heads_first(cast(in[1], f), groups));
  out.v = clean(heads_first(cast(in[2], f), groups));
  const Value raw = ops::matmul(out.q, out.k, {{"trans_b", true}}) * attrs.real("scale");
  out.scores = ops::where(out.visible, raw, fill(graph, -1e30, {f, {}}));
  return out;
}

/// x ∘ m over (B, G, R, S, T), where m is the mask of the weights; x itself where nothing is
/// dropped. The mask is drawn over (B, H, S, T) with H = G · R, since the attributes count parts
/// in these dims.
Value drop(Value x, std::span<const Value> in, size_t masks, const Attrs& attrs) {
  if (!attrs.has("rate")) return x;
  // Only an origin can be checked here; a place is even by the way in which the op is split.
  if (attrs.has("origin")) {
    const int64_t share = x.dim(2), first = attrs.list("origin")[1], all = attrs.list("whole")[1];
    check(first % share == 0 && all % share == 0,
          "attention: heads from {} on of {} cut those that share a key", first, all);
  }
  std::vector<Value> operands{reshape(x, {x.dim(0), x.dim(1) * x.dim(2), x.dim(3), x.dim(4)})};
  const AttentionOperands at(attrs, masks);
  operands.push_back(AttentionOperands::get(in, at.step));
  if (const Value part = AttentionOperands::get(in, at.part)) operands.push_back(part);
  const Attrs draw = with_part({{"rate", attrs.real("rate")},
                                {"seed", attrs.integer("seed")},
                                {"stream", attrs.text("stream")}},
                               attrs);
  return reshape(ops::dropout.all(operands, draw)[0], x.shape());
}

DType inner(Value q) { return q.dtype() == DType::f64 ? DType::f64 : DType::f32; }

}  // namespace

std::vector<Value> attention_composite(Graph& graph, std::span<const Value> in,
                                       const Attrs& attrs) {
  const DType f = inner(in[0]);
  const Scores a = make_scores(graph, in, 3, attrs, f);
  const Shape last{4};
  const Value highest = ops::max(a.scores, {{"dims", last}, {"keep", true}});
  const Value e =
      ops::where(a.visible, ops::exp(ops::sub(a.scores, highest)), fill(graph, 0, {f, {}}));
  const Value total = ops::sum(e, {{"dims", last}, {"keep", true}});
  const Value none = ops::less_equal(total, scalar_like(total, 0));
  const Value safe = ops::where(none, fill(graph, 1, {f, {}}), total);
  const Value o = ops::matmul(drop(ops::div(e, safe), in, 3, attrs), a.v);
  // A row that sees no key has lse 0 by definition.
  const Value lse = ops::where(none, fill(graph, 0, {f, {}}), ops::add(ops::log(safe), highest));
  const int64_t b = in[0].dim(0), s = in[0].dim(1), h = in[0].dim(2);
  return {cast(heads_last(o), in[0].dtype()), reshape(lse, {b, h, s})};
}

std::vector<Value> attention_grad_composite(Graph& graph, std::span<const Value> in,
                                            const Attrs& attrs) {
  const DType f = inner(in[0]);
  const int64_t groups = in[1].dim(2), b = in[0].dim(0), s = in[0].dim(1), h = in[0].dim(2);
  const Scores a = make_scores(graph, in, 6, attrs, f);
  const Value o = heads_first(cast(in[3], f), groups), dy = heads_first(cast(in[5], f), groups);
  const Value lse = reshape(in[4], {b, groups, h / groups, s, 1});
  const Value p = ops::where(a.visible, ops::exp(ops::sub(a.scores, lse)), fill(graph, 0, {f, {}}));
  const Value dp = drop(ops::matmul(dy, a.v, {{"trans_b", true}}), in, 6, attrs);
  const Value delta = ops::sum(dy * o, {{"dims", Shape{4}}, {"keep", true}});
  const Value ds = p * ops::sub(dp, delta) * attrs.real("scale");
  const Value dq = ops::matmul(ds, a.k);
  const Attrs over_queries{{"trans_a", true}}, shared{{"dims", Shape{2}}, {"keep", true}};
  const Value dk = ops::sum(ops::matmul(ds, a.q, over_queries), shared);
  const Value dv = ops::sum(ops::matmul(drop(p, in, 6, attrs), dy, over_queries), shared);
  return {cast(heads_last(dq), in[0].dtype()), cast(heads_last(dk), in[0].dtype()),
          cast(heads_last(dv), in[0].dtype())};
}

}  // namespace tessera
