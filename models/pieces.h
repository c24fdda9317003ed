// The pieces that Transformers are made of: dense layers, norms, dropout, residuals, self
// attention, MLP. Each is a function over plain data that says its shape, so that a model puts them
// together as it likes. They know one device and global shapes, and nothing of meshes. Activations
// are (B, S, width); q, k and v weights [heads, head_dim, width]; dense weights (out, in). `name`
// is the path of a parameter. The result is called by its last word, in the scopes that the caller
// has opened: for "layer.3.mlp.up" these are "layer.3" and "mlp".
#pragma once

#include <functional>
#include <string>

#include "framework/config/config.h"
#include "framework/ops/attention.h"
#include "models/parameters.h"

namespace tessera {

using Activation = ModelConfig::Activation;

/// Where keys and values go in generation: states PREFIXlayer.N.k and PREFIXlayer.N.v.
struct KeyValueCache {
  std::string prefix;
  int64_t positions = 0;
  Value offset;       // i32 [] or (B): the place of the first new position
  Value kept = {};    // i32 (positions): the places kept, in order, before the new ones are put in
  bool ring = false;  // the cache holds what the window allows; mask.lengths says how much of it
};

/// What the pieces need in a graph beside their input.
struct BlockContext {
  AttentionMask mask;
  Value positions;  // i32 (B, S), for rotary positions
  Value step;       // i64 [], for dropout; no value: dropout is off
  Value part;       // i64 [], which part of the update's batch this is, for dropout; no value: all
  KeyValueCache cache;  // used where it has positions
};

/// x (.., in) to (.., out): weight `name`.weight (out, in), with a bias `name`.bias (out).
Value dense(Parameters& p, const std::string& name, Value x, int64_t out, double std, bool bias);

/// `gate` is for silu_gated alone: silu(gate) · up. Without it, the activation is plain silu.
Value activate(Activation activation, Value up, Value gate = {});

struct Norm {
  ModelConfig::Norm kind = ModelConfig::Norm::layer;
  double eps = 1e-5;
  bool bias = true;  // layer norm's; RMS norm has none
};

Value normalize(Parameters& p, const Norm& norm, const std::string& name, Value x);

struct Dropout {
  double rate = 0;
  uint64_t seed = 0;
};

/// Dropout in training, nothing otherwise; `name` keys its random stream.
Value drop(const Dropout& dropout, const BlockContext& context, const std::string& name, Value x);

struct SelfAttention {
  int64_t heads = 12, kv_heads = 12, head_dim = 64;
  int64_t head_multiple = 1;  // heads are padded to a multiple of it, see padded_kv_heads
  bool bias = true;           // of queries, keys and values
  bool out_bias = true;
  bool causal = true;
  int64_t window = 0;    // sliding window; 0: none
  Attrs rotary = {};     // base and scaling of the rotary angles; empty: no rotary positions
  Dropout dropout = {};  // on the attention weights
  double std = 0.02, out_std = 0.02;

  /// Heads with which attention is computed. Heads beyond the model's own have zero weights: their
  /// queries, keys and values are zero, what they mix is zero and meets zero columns of the output
  /// projection, so that neither they nor their gradients count.
  int64_t padded_kv_heads() const {
    return (kv_heads + head_multiple - 1) / head_multiple * head_multiple;
  }
  int64_t padded_heads() const { return heads / kv_heads * padded_kv_heads(); }
};

Value self_attention(Parameters& p, const SelfAttention& attention, const std::string& name,
                     Value x, const BlockContext& context);

struct Mlp {
  int64_t inner = 3072;
  Activation activation = Activation::gelu_tanh;
  bool bias = true;
  double std = 0.02, out_std = 0.02;
};

Value mlp(Parameters& p, const Mlp& mlp, const std::string& name, Value x);

/// Where the norm of a sublayer f stands: x + f(norm(x)), as in GPT-2, or norm(x + f(x)), as in
/// BERT.
struct Residual {
  bool norm_first = true;
  Norm norm = {};
  Dropout dropout = {};  // on f's result
};

Value residual(Parameters& p, const Residual& residual, const std::string& name, Value x,
               const BlockContext& context, const std::function<Value(Value)>& f);

}  // namespace tessera
