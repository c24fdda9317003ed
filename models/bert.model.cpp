// BERT's row: its keys, batches and figures.
#include "models/bert.h"

#include "framework/config/own_keys.h"
#include "framework/data/bert_sampler.h"
#include "framework/data/masking.h"
#include "framework/data/ngram.h"
#include "models/random_batches.h"
#include "models/sampled_batches.h"
#include "models/transformer_config.h"

namespace tessera {
namespace {

std::string auto_segments(const Config& config, std::string_view path) {
  return path == "model.segments" ? fmt::format("{}", bert_keys(config).segment_count()) : "";
}

void check_bert(const Checks& checks) {
  check_transformer(checks);
  const ModelConfig& m = checks.config.model;
  const DataConfig& data = checks.config.data;
  const BertKeys keys = bert_keys(checks.config);
  checks.demand(m.tied_head, {"model.tied_head", "model.type"},
                "bert's head for masked tokens is the token embedding; write model.tied_head: "
                "true");
  checks.demand(
      m.positions == ModelConfig::Positions::learned, {"model.positions", "model.type"},
      "bert has learned positions only; write model.positions: learned, or use model.type: gpt");
  checks.demand(m.window == 0, {"model.window", "model.type"},
                "bert attends to the whole sequence; write model.window: 0");
  checks.demand(
      keys.masked_head || !keys.next_sentence,
      {"model.masked_head", "model.next_sentence", "model.type"},
      "model.next_sentence is trained beside masked tokens; write model.masked_head: true");
  checks.demand(!keys.masked_head || !keys.pooler,
                {"model.pooler", "model.masked_head", "model.type"},
                "model.pooler is for a model without model.masked_head; model.next_sentence has a "
                "pooler of its own");
  checks.demand(
      !keys.next_sentence || data.sentence_pairs,
      {"model.next_sentence", "data.sentence_pairs", "model.type"},
      "model.next_sentence needs two sentences per sequence; write data.sentence_pairs: true");
  checks.demand(!data.sentence_pairs || keys.segment_count() >= 2,
                {"data.sentence_pairs", "model.segments", "model.type"},
                "data.sentence_pairs needs two segments; write model.segments: 2");
  checks.demand(!data.sentence_pairs || checks.config.sequence_length() >= 8,
                {"data.sentence_pairs", "batch.length", "model.context", "model.type"},
                "a pair of sentences and its separators need a batch.length of at least 8; it is "
                "{}",
                checks.config.sequence_length());
}

std::vector<Parameter> build(Graph& graph, const Config& config, const ModelUse& use) {
  return build_bert(graph, bert_of(config, use.vocab), config.micro_sequences(),
                    config.sequence_length(), masked_positions(config), use.training, use.part);
}

std::vector<Parameter> build_encoding(Graph& graph, const Config& config, const ReadingUse& use) {
  return build_bert_encoding(graph, bert_of(config, use.vocab), use);
}

BertOptions sampling(const Config& config) {
  BertOptions out;
  out.length = config.sequence_length();
  out.pairs = config.data.sentence_pairs;
  out.masking.rate = config.data.mask_rate;
  out.masking.whole_words = config.data.whole_word;
  return out;
}

class BertBatches : public SampledBatches<BertSampler> {
 public:
  BertBatches(const Config& config, const Corpus& corpus)
      : SampledBatches(config, corpus,
                       [&](const TokenSplit& split, uint64_t seed) {
                         return BertSampler(split, seed, sampling(config));
                       }),
        keys_(bert_keys(config)) {
    require(
        keys_.masked_head,
        "this model has no head that predicts masked tokens (model.masked_head is false), so that "
        "there is nothing to train or measure on text; give it another task");
    const int64_t masked = sampler_.source(0).masked();
    check(masked == masked_positions(config), "the sampler masks {} positions, the model takes {}",
          masked, masked_positions(config));
  }

 private:
  Feed feed(const BertBatch& b) const override {
    Feed feed{{{"tokens_in", b.ids},
               {"lengths", b.lengths},
               {"masked_positions", b.masked_positions},
               {"labels", b.masked_labels}},
              {{"weights", b.masked_weights}}};
    if (keys_.segment_count() > 0) feed.integers.emplace_back("segments_in", b.segments);
    if (keys_.next_sentence) {
      feed.integers.emplace_back("next_sentence", b.next_sentence);
      feed.reals.emplace_back("next_weights", b.next_weights);
    }
    return feed;
  }

  BertKeys keys_;
};

std::unique_ptr<Batches> make_batches(const Config& config, const Corpus& corpus) {
  return std::make_unique<BertBatches>(config, corpus);
}

Feed random_feed(const Config& config, int64_t vocab, uint64_t step, int64_t micro_steps) {
  const BertKeys keys = bert_keys(config);
  const int64_t rows = config.micro_sequences(), length = config.sequence_length(),
                masked = masked_positions(config);
  const auto sequences = static_cast<size_t>(rows), tokens = static_cast<size_t>(rows * length);
  std::vector<int32_t> positions;
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < masked; ++j)
      positions.push_back(static_cast<int32_t>(j * length / masked));
  Feed feed{{{"tokens_in", draw_tokens(config, "tokens", step, rows * length, vocab)},
             {"labels", draw_tokens(config, "labels", step, rows * masked, vocab)},
             {"lengths", std::vector<int32_t>(sequences, static_cast<int32_t>(length))},
             {"masked_positions", std::move(positions)}},
            {{"weights", std::vector<float>(static_cast<size_t>(rows * masked), 1.0F)},
             {"count", {static_cast<float>(rows * masked * micro_steps)}}}};
  if (keys.segment_count() > 0)
    feed.integers.emplace_back("segments_in", std::vector<int32_t>(tokens, 0));
  if (keys.next_sentence) {
    feed.integers.emplace_back("next_sentence", draw_tokens(config, "next", step, rows, 2));
    feed.reals.emplace_back("next_weights", std::vector<float>(sequences, 1.0F));
    feed.reals.emplace_back("sequences",
                            std::vector<float>{static_cast<float>(rows * micro_steps)});
  }
  return feed;
}

std::vector<std::string> loss_parts(const Config& config) {
  if (bert_keys(config).next_sentence) return {"masked_loss", "next_sentence_loss"};
  return {"masked_loss"};
}

Tally tally(const Config& config, const EvaluationBatch& batch, const GraphOutputs& outputs,
            const Tokenizer*) {
  Tally sums{{"masked_loss", outputs.number("masked_loss") * batch.weight},
             {"hits", batch.hits(outputs.integers("predicted"))},
             {"weight", batch.weight}};
  if (bert_keys(config).next_sentence) {
    sums["next_sentence_loss"] = outputs.number("next_sentence_loss") * batch.sequences;
    sums["sequences"] = batch.sequences;
  }
  return sums;
}

Evaluation evaluation(const Config& config, const Tally& sums) {
  const double weight = sums.at("weight"), masked_loss = sums.at("masked_loss") / weight;
  Evaluation out{masked_loss,
                 {{"masked_loss", masked_loss}, {"masked_accuracy", sums.at("hits") / weight}}};
  if (bert_keys(config).next_sentence) {
    const double loss = sums.at("next_sentence_loss") / sums.at("sequences");
    out.loss += loss;
    out.figures.emplace_back("next_sentence_loss", loss);
  }
  return out;
}

/// How often the commonest token is what a validation mask hides.
std::map<std::string, double> measure(const Config&, const TokenSplit& split,
                                      const Batches& batches) {
  GuessAccuracy guess{.guess = commonest_token(split.train)};
  for (int64_t i = 0; i < batches.evaluation_batches(); ++i) {
    const EvaluationBatch batch = batches.evaluation(i);
    guess.add(batch.labels, batch.weights);
  }
  return {{"commonest_accuracy", guess.value()}};
}

}  // namespace

BertKeys bert_keys(const Config& config) { return own_keys<BertKeys>(config.model); }

Bert bert_of(const Config& config, int64_t vocab) {
  const BertKeys keys = bert_keys(config);
  Bert out{transformer_of(config, vocab),
           keys.segment_count(),
           keys.next_sentence,
           keys.masked_head,
           keys.pooler,
           keys.pooler_activation,
           keys.first_position};
  out.transformer.norm_first = out.transformer.causal = false;
  return out;
}

int64_t masked_positions(const Config& config) {
  return masked_count(config.data.mask_rate, config.sequence_length());
}

namespace {

Value build_body(Parameters& p, const Config& config, const BodyUse& use, BlockContext context) {
  context.mask.lengths = use.lengths;
  return bert_encoder(p, bert_of(config, use.vocab), context, use.batch, use.length);
}

Value build_pooler(Parameters& p, const Config& config, Value first) {
  const Transformer t = transformer_of(config, 0);
  return bert_pooler(p, t, bert_keys(config).pooler_activation, first);
}

bool has_segments(const Config& config) { return bert_keys(config).segment_count() > 0; }

}  // namespace

ModelDef bert_model() {
  return {.kind = {.name = "bert",
                   .doc = "fills in masked tokens",
                   .reads = transformer_keys(
                       {"data.mask_rate", "data.whole_word", "data.sentence_pairs"}),
                   .own = own_fields<BertKeys>,
                   .auto_meaning = auto_segments,
                   .check = check_bert},
          .build = build,
          .layout = bert_layout,
          .encoding = build_encoding,
          .batches = make_batches,
          .random_feed = random_feed,
          .loss_parts = loss_parts,
          .tally = tally,
          .evaluation = evaluation,
          .remark = padding_text,
          .yardstick = {"masked {token}s told right in held-out text",
                        {{"masked_accuracy", "this model", "eval_masked_accuracy_end"},
                         {"commonest_accuracy", "always guessing the commonest {token}"}},
                        measure},
          .body = {.build = build_body,
                   .layout = bert_encoder_layout,
                   .segments = has_segments,
                   .pooler = build_pooler,
                   .heads = {"mlm.*", "next_sentence.*", "pooler.*"}}};
}

}  // namespace tessera
