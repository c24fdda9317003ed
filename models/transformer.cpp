#include "models/transformer.h"

#include <cmath>

namespace tessera {
namespace {

/// Standard deviation of weights whose result is added to the residual stream: with the norm first,
/// the stream grows by every layer (Radford et al. 2019).
double out_std(const Transformer& t) {
  return t.init_std / (t.norm_first ? std::sqrt(2.0 * static_cast<double>(t.layers)) : 1.0);
}

}  // namespace

SelfAttention Transformer::attention_piece() const {
  return {.heads = heads,
          .kv_heads = kv_heads,
          .head_dim = head_dim,
          .head_multiple = head_multiple,
          .bias = qkv_bias,
          .out_bias = bias,
          .causal = causal,
          .window = window,
          .rotary = rotary,
          .dropout = {attention_dropout, seed},
          .std = init_std,
          .out_std = out_std(*this)};
}

Mlp Transformer::mlp_piece() const {
  return {mlp_hidden, activation, bias, init_std, out_std(*this)};
}

Value block(Parameters& p, const Transformer& t, int64_t index, Value x,
            const BlockContext& context) {
  const std::string at = fmt::format("layer.{}", index);
  Scope scope(p.graph(), at);
  const Residual around{t.norm_first, t.norm_piece(), t.dropout_piece()};
  const std::string attention_name = at + ".attention", mlp_name = at + ".mlp";
  x = residual(p, around, attention_name, x, context, [&](Value y) {
    return self_attention(p, t.attention_piece(), attention_name, y, context);
  });
  return residual(p, around, mlp_name, x, context,
                  [&](Value y) { return mlp(p, t.mlp_piece(), mlp_name, y); });
}

}  // namespace tessera
