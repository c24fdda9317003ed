// attention_grad: cotangents of q, k and v from q, k, v, o, lse, do and the masks of the forward op
// (its attributes). The probabilities are made again from q, k and lse: p = exp(s - lse), ds = p
// ∘ (m ∘ do vᵀ - rowsum(do ∘ o)), dv = (m ∘ p)ᵀ do, where m is 0 for a dropped weight
// and otherwise 1 / (1 - rate).
#include "framework/ops/shared/attention_composite.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  check_attention_operands(in, attrs, 6);
  require(in[3] == in[0] && in[5] == in[0], "o {} and do {} must be of q's type {}", in[3], in[5],
          in[0]);
  return {in[0], in[1], in[2]};
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs& attrs) {
  // Splitting the query heads that share a key/value head would leave partial sums of dk and dv
  // beside whole dq, so r stays whole.
  const auto [q, k, masks] = attention_rule(in, attrs, 6, "r!");
  return make_rule(
      fmt::format("{}, {}, {}, {}, b (g r) s!, {}{} -> {}, {}, {}", q, k, k, q, q, masks, q, k, k),
      in, out, {{"g", in[1].shape[2]}, {"r", in[0].shape[2] / in[1].shape[2]}});
}

/// Five products where the forward op has two; the first of the five, q kᵀ, repeats one of those
/// two.
double flops(TypeSpan in, TypeSpan, const Attrs& attrs) {
  const Shape &q = in[0].shape, &k = in[1].shape;
  return 10.0 * static_cast<double>(q[0] * q[2] * q[3]) * visible_pairs(q[1], k[1], attrs);
}

}  // namespace

const OpDef ops::attention_grad{.name = "attention_grad",
                                .infer = infer,
                                .rule = rule,
                                .localize = localize_attention,
                                .composite = attention_grad_composite,
                                .flops = flops,
                                .repeated_flops = 1.0 / 5,
                                .precision = Precision::low,
                                .low_operands = 0b101111};

}  // namespace tessera
