// GPT: a causal language model (Radford et al. 2019), norm first, learned or rotary positions, tied
// or own head.
#pragma once

#include "models/model.h"
#include "models/transformer.h"

namespace tessera {

struct Gpt {
  Transformer transformer;
  bool tied_head = true;
  bool packed = false;  // attention stays inside a document
};

/// `vocab` stands in for model.vocab: auto.
Gpt gpt_of(const Config& config, int64_t vocab);

/// The row of GPT.
ModelDef gpt_model();

/// The model below its head: tokens i32 (B, S) to the last norm's result (B, S, hidden).
Value gpt_trunk(Parameters& p, const Gpt& gpt, Value tokens, const BlockContext& context);

/// Adds the training or evaluation graph of one micro-batch of `batch` sequences of `length`
/// tokens.
/// Data in: tokens_in, labels i32 (B, S), weights f32 (B, S), positions_in i32 (B, S), documents
/// i32 (B, S) if packed, count f32 [] (the sum of the weights of the whole update); state "step"
/// i64 [] if `training` with dropout, and then with `part` also state "part" i64 []: which
/// micro-step of the update this is, so that each draws a mask of its own.
/// Data out: loss f32 [], the sum of weights · cross-entropy divided by count.
std::vector<Parameter> build_gpt(Graph& graph, const Gpt& gpt, int64_t batch, int64_t length,
                                 bool training, bool part = false);

/// Adds the generation graph: `length` tokens at a time for `batch` sequences through key/value
/// caches of `cache_length` positions (states "cache.layer.N.k" and ".v"), which must have room for
/// all `length` tokens behind any offset used.
/// Data in: tokens_in i32 (B, S), offset i32 [] (position of the first), last i32 [] (which of the
/// S to predict from).
/// Data out: logits f32 (B, vocab).
std::vector<Parameter> build_gpt_generation(Graph& graph, const Gpt& gpt, int64_t batch,
                                            int64_t length, int64_t cache_length);

}  // namespace tessera
