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

/// Adds a graph of generation. Keys and values lie in key/value caches: states
/// "cache.prompt.layer.N.k" and ".v" of one row, and for `decode` "cache.layer.N.k" and ".v".
///
/// prompt: data in tokens_in i32 (1, S), positions_in i32 (1, S), offset i32 [] (where the block
///   goes in the caches, and where its first query stands among their keys), last i32 [] (which of
///   the S to predict from) and, if use.latest, kept i32 (cache): which positions of the caches are
///   kept, in order, before the block is put in. Data out: hidden f32 (1, hidden).
/// head: data in hidden_in f32 (1, hidden). Data out: logits f32 (1, vocab).
/// decode: data in tokens_in i32 (B, 1), positions_in i32 (B, 1), offset i32 (B) (where each
///   token's key goes in its caches) and, if use.latest, lengths i32 (B) (how many positions of the
///   caches are filled). Data out: logits f32 (B, vocab).
std::vector<Parameter> build_gpt_generation(Graph& graph, const Gpt& gpt, const GenerationUse& use);

/// The graphs that ModelDef::scoring and ModelDef::encoding describe.
std::vector<Parameter> build_gpt_scoring(Graph& graph, const Gpt& gpt, const ReadingUse& use);
std::vector<Parameter> build_gpt_encoding(Graph& graph, const Gpt& gpt, const ReadingUse& use);

}  // namespace tessera
