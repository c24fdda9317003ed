// matmul: matrix product of the last two dims, a (.., M, K) · b (.., K, N); leading dims
// broadcast.
//
// Attributes: trans_a, trans_b (the operand is stored transposed), to (result dtype, default the
// operands'), accumulate (a third operand of the result's type is added to, in place). Products are
// summed in float at least.
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

Shape leading(const Shape& shape) { return {shape.begin(), shape.end() - 2}; }

/// The leading dims of the result, with room for two more.
Shape leading_of(TypeSpan in) {
  Shape out;
  if (in[0].rank() > 2 || in[1].rank() > 2)
    out = broadcast(leading(in[0].shape), leading(in[1].shape));
  out.reserve(out.size() + 2);
  return out;
}

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  const size_t operands = attrs.flag("accumulate") ? 3 : 2;
  require(in.size() == operands, "takes {} operands, not {}", operands, in.size());
  require(in[0].dtype == in[1].dtype && is_float(in[0].dtype),
          "operands must have one float dtype, not {} and {}", in[0].dtype, in[1].dtype);
  require(in[0].rank() >= 2 && in[1].rank() >= 2, "operands must have two dims at least: {} and {}",
          in[0], in[1]);
  const auto dim = [](const TensorType& t, int64_t back) {
    return t.shape[static_cast<size_t>(t.rank() - back)];
  };
  const bool ta = attrs.flag("trans_a"), tb = attrs.flag("trans_b");
  const int64_t m = dim(in[0], ta ? 1 : 2), k = dim(in[0], ta ? 2 : 1), k2 = dim(in[1], tb ? 1 : 2),
                n = dim(in[1], tb ? 2 : 1);
  require(k == k2, "the contracted dims differ: {} in {} and {} in {}", k, in[0], k2, in[1]);
  std::vector<TensorType> results(1);
  TensorType& out = results[0];
  out = {attrs.has("to") ? parse_dtype(attrs.text("to")) : in[0].dtype, leading_of(in)};
  out.shape.push_back(m);
  out.shape.push_back(n);
  if (operands == 3)
    require(in[2] == out, "the accumulator {} is not of the result's type {}", in[2], out);
  return results;
}

std::vector<Value> grad(const GradCall& call) {
  check(!call.attrs.flag("accumulate"), "an accumulating matmul is made after differentiation");
  const Value a = call.inputs[0], b = call.inputs[1];
  const Value dy = call.cotangents[0].dtype() == a.dtype()
                       ? call.cotangents[0]
                       : ops::cast(call.cotangents[0], {{"to", std::string(to_string(a.dtype()))}});
  const bool ta = call.attrs.flag("trans_a"), tb = call.attrs.flag("trans_b");
  const Value da = ta ? ops::matmul(b, dy, {{"trans_a", tb}, {"trans_b", true}})
                      : ops::matmul(dy, b, {{"trans_a", false}, {"trans_b", !tb}});
  const Value db = tb ? ops::matmul(dy, a, {{"trans_a", true}, {"trans_b", ta}})
                      : ops::matmul(a, dy, {{"trans_a", !ta}, {"trans_b", false}});
  return {sum_to(da, a.shape()), sum_to(db, b.shape())};
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs& attrs) {
  const auto side = [&](size_t i) {
    return broadcast_names(leading(in[i].shape), leading(out[0].shape));
  };
  std::string text = side(0) + (attrs.flag("trans_a") ? " k m, " : " m k, ") + side(1) +
                     (attrs.flag("trans_b") ? " n k" : " k n");
  const std::string result = index_names(out[0].rank() - 2) + " m n";
  if (in.size() == 3) text += ", " + result;
  return make_rule(text + " -> " + result, in, out);
}

std::vector<Alias> alias(TypeSpan in, TypeSpan, const Attrs&) {
  if (in.size() < 3) return {};
  return {{0, 2, Alias::Kind::donate, 0}};
}

double flops(TypeSpan in, TypeSpan out, const Attrs& attrs) {
  const auto k = in[0].shape[in[0].shape.size() - (attrs.flag("trans_a") ? 2 : 1)];
  return 2.0 * static_cast<double>(out[0].numel()) * static_cast<double>(k);
}

}  // namespace

const OpDef ops::matmul{.name = "matmul",
                        .infer = infer,
                        .grad = grad,
                        .rule = rule,
                        .alias = alias,
                        .flops = flops,
                        .precision = Precision::low,
                        .low_operands = 0b11,
                        .takes_to = true,
                        .accumulates = Accumulates::gradients,
                        .plain_sum = true};

}  // namespace tessera
