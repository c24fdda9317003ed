// The transformer block and its parts, as used by GPT (norm first) and BERT (norm last): one device, global shapes, no
// word of meshes. Activations are (B, S, hidden); q, k and v weights [heads, head_dim, hidden]; dense weights (out, in).
#pragma once

#include "framework/config/config.h"
#include "framework/ops/attention.h"
#include "models/parameters.h"

namespace tessera {

struct Transformer {
  using Norm = ModelConfig::Norm;
  using Activation = ModelConfig::Activation;

  int64_t layers = 12, hidden = 768, heads = 12, kv_heads = 12, head_dim = 64, mlp_hidden = 3072;
  int64_t head_multiple = 1;  // heads are padded to a multiple of it, see padded_kv_heads
  int64_t context = 1024;     // most positions
  int64_t vocab = 50304;
  Norm norm = Norm::layer;
  double norm_eps = 1e-5;
  Activation activation = Activation::gelu_tanh;
  bool norm_first = true;  // GPT-2: x + f(norm(x)); BERT: norm(x + f(x))
  bool bias = true;
  bool rotary = false;
  double rope_base = 10000;
  double dropout = 0, attention_dropout = 0;
  uint64_t seed = 0;  // of dropout
  double init_std = 0.02;
  int64_t window = 0;  // sliding window; 0: none
  bool causal = true;

  /// Heads as computed with. Those beyond the model's own have zero weights: their queries, keys and values are zero, what
  /// they mix is zero and meets zero columns of the output projection, so that neither they nor their gradients count.
  int64_t padded_kv_heads() const {
    return (kv_heads + head_multiple - 1) / head_multiple * head_multiple;
  }
  int64_t padded_heads() const { return heads / kv_heads * padded_kv_heads(); }

  bool drops() const { return dropout > 0 || attention_dropout > 0; }
};

/// What a block needs beside its input.
struct BlockContext {
  AttentionMask mask;
  Value positions;  // i32 (B, S), for rotary positions
  Value step;       // i64 [], for dropout; no value: dropout is off
  Value part;       // i64 [], which part of the update's batch this is, for dropout; no value: all
  /// Set for generation: keys and values go into a cache of `cache_length` positions, states "cache.layer.N.k" and ".v";
  /// mask.offset says where the first query stands.
  int64_t cache_length = 0;
};

Value normalize(Parameters& parameters, const Transformer& shape, const std::string& name, Value x);

/// x (.., in) to (.., out): weight `name`.weight (out, in), `name`.bias (out).
Value dense(Parameters& parameters, const Transformer& shape, const std::string& name, Value x,
            int64_t out, double std);

/// Dropout in training, nothing otherwise; `name` keys its random stream.
Value drop(const Transformer& shape, const BlockContext& context, const std::string& name, Value x);

/// Layer `index` of the stack.
Value block(Parameters& parameters, const Transformer& shape, int64_t index, Value x,
            const BlockContext& context);

}  // namespace tessera
