// The Transformer's stack as GPT (norm first) and BERT (norm last) use it: its sizes, and the
// pieces that follow from them.
#pragma once

#include "models/pieces.h"

namespace tessera {

struct Transformer {
  int64_t layers = 12, hidden = 768, heads = 12, kv_heads = 12, head_dim = 64, mlp_hidden = 3072;
  int64_t head_multiple = 1;  // see SelfAttention
  int64_t context = 1024;     // most positions
  int64_t vocab = 50304;      // rows of tokens
  int64_t own_vocab = 50304;  // of them, those of the model: the others are zeros
  ModelConfig::Norm norm = ModelConfig::Norm::layer;
  double norm_eps = 1e-5;
  Activation activation = Activation::gelu_tanh;
  bool norm_first = true;
  bool bias = true;
  bool qkv_bias = true;
  Attrs rotary = {};  // see SelfAttention
  double dropout = 0, attention_dropout = 0;
  uint64_t seed = 0;  // dropout's
  double init_std = 0.02;
  int64_t window = 0;  // sliding window; 0: none
  bool causal = true;

  /// The table of tokens, and its own part.
  Shape token_rows() const { return {vocab, hidden}; }
  Shape own_token_rows() const { return {own_vocab, hidden}; }

  bool drops() const { return dropout > 0 || attention_dropout > 0; }

  SelfAttention attention_piece() const;
  Mlp mlp_piece() const;
  Norm norm_piece() const { return {norm, norm_eps, bias}; }
  Dropout dropout_piece() const { return {dropout, seed}; }
};

/// Adds layer `index` of the stack.
Value block(Parameters& p, const Transformer& t, int64_t index, Value x,
            const BlockContext& context);

}  // namespace tessera
