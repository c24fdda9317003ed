// BERT: a bidirectional encoder (Devlin et al. 2018, 1810.04805), norm last, with its two
// pre-training heads: masked tokens (dense, activation, norm, tied decoder) on the masked positions
// alone, and next sentence.
#pragma once

#include "framework/core/choice.h"
#include "models/model.h"
#include "models/transformer.h"

namespace tessera {

/// What follows the dense layer of the pooler: tanh as in BERT, ReLU as in DistilBERT.
enum class PoolerActivation { tanh, relu };

template <>
inline constexpr auto kChoices<PoolerActivation> = std::to_array<Choice<PoolerActivation>>(
    {{"tanh", PoolerActivation::tanh}, {"relu", PoolerActivation::relu}});

/// The keys of the config that are BERT's own.
struct BertKeys {
  std::optional<int64_t> segments;
  bool next_sentence = false;
  bool masked_head = true;
  bool pooler = false;
  PoolerActivation pooler_activation = PoolerActivation::tanh;
  int64_t first_position = 0;

  int64_t segment_count() const { return segments.value_or(2); }
};

template <typename Visit>
void fields(BertKeys& k, Visit&& visit) {
  visit("segments", k.segments, "bert: rows of the segment embedding; 0: none; auto: 2.",
        between(0, 1024));
  visit("next_sentence", k.next_sentence,
        "bert: whether a second head and loss predict if the second sentence follows the first.");
  visit("masked_head", k.masked_head,
        "bert: whether a head predicts masked tokens; a model without it, such as one that makes "
        "embeddings, is trained by other tasks.");
  visit("pooler", k.pooler,
        "bert without masked_head: whether a dense layer and tanh follow on the first token.");
  visit(
      "pooler_activation", k.pooler_activation,
      "bert: what follows the dense layer on the first token; DistilBERT's classifiers have relu.");
  visit("first_position", k.first_position,
        "bert: the row of the position table that the first token takes; RoBERTa's is 2.",
        between(0, 1024));
}

BertKeys bert_keys(const Config& config);

/// Positions that are predicted per sequence of a batch: ceil(mask_rate · length).
int64_t masked_positions(const Config& config);

struct Bert {
  Transformer transformer;  // causal = false, norm_first = false
  int64_t segments = 2;     // 0: no segment embedding
  bool next_sentence = true;
  bool masked_head = true;
  bool pooler = false;  // without masked_head; next_sentence has one
  PoolerActivation pooler_activation = PoolerActivation::tanh;
  int64_t first_position = 0;  // the row of the position table that the first token takes
};

/// `vocab` stands in for model.vocab: auto.
Bert bert_of(const Config& config, int64_t vocab);

/// The row of BERT.
ModelDef bert_model();

/// The pooler: the vector of the first token, (B, hidden), through a dense layer and its activation.
Value bert_pooler(Parameters& p, const Transformer& t, PoolerActivation activation, Value first);

/// The model below its heads: adds the inputs tokens_in and, with segments, segments_in, i32 (B, S),
/// and gives the last layer's result (B, S, hidden).
Value bert_encoder(Parameters& p, const Bert& bert, const BlockContext& context, int64_t batch,
                   int64_t length);

/// Adds the training or evaluation graph of one micro-batch of `batch` sequences of `length`
/// tokens, with `masked` predicted positions each.
/// Data in: tokens_in, segments_in i32 (B, S), lengths i32 (B), masked_positions, labels i32 (B,
/// P), weights f32 (B, P), count f32 [] (sum of the weights of the whole update); with
/// next_sentence also next_sentence i32 (B), next_weights f32 (B) (0 for padding, else 1) and
/// sequences f32 [] (their sum over the whole update); state "step" i64 [] if `training` with
/// dropout, and "part" with `part`, as in build_gpt.
/// Without both heads, and not for training, data out are hidden f32 (B, S, hidden) and, with pooler,
/// pooled f32 (B, hidden), and the inputs tokens_in, segments_in and lengths alone. Otherwise
/// data out: loss, masked_loss f32 [], next_sentence_loss with that head; for evaluation also
/// predicted i32 (B·P).
std::vector<Parameter> build_bert(Graph& graph, const Bert& bert, int64_t batch, int64_t length,
                                  int64_t masked, bool training, bool part = false);

/// The graph that ModelDef::encoding describes; all tokens are of the first segment.
std::vector<Parameter> build_bert_encoding(Graph& graph, const Bert& bert, const ReadingUse& use);

}  // namespace tessera
