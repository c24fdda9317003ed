// GPT's row: its keys, batches and figures.
#include "models/gpt.h"

#include <numbers>

#include "framework/data/gpt_sampler.h"
#include "framework/data/ngram.h"
#include "framework/ops/iota.h"
#include "models/random_batches.h"
#include "models/sampled_batches.h"
#include "models/transformer_config.h"

namespace tessera {
namespace {

bool packs(const Config& config) { return config.data.documents == DataConfig::Documents::packed; }

std::vector<Parameter> build(Graph& graph, const Config& config, const ModelUse& use) {
  return build_gpt(graph, gpt_of(config, use.vocab), config.micro_sequences(),
                   config.sequence_length(), use.training, use.part);
}

std::vector<Parameter> build_generation(Graph& graph, const Config& config,
                                        const GenerationUse& use) {
  return build_gpt_generation(graph, gpt_of(config, use.vocab), use);
}

std::vector<Parameter> build_scoring(Graph& graph, const Config& config, const ReadingUse& use) {
  return build_gpt_scoring(graph, gpt_of(config, use.vocab), use);
}

std::vector<Parameter> build_encoding(Graph& graph, const Config& config, const ReadingUse& use) {
  return build_gpt_encoding(graph, gpt_of(config, use.vocab), use);
}

class GptBatches : public SampledBatches<GptSampler> {
 public:
  GptBatches(const Config& config, const Corpus& corpus)
      : SampledBatches(config, corpus, [&](const TokenSplit& split, uint64_t seed) {
          const bool best_fit = config.data.packing == DataConfig::Packing::best_fit;
          return GptSampler(split, seed, config.sequence_length(), packs(config),
                            best_fit ? DocumentPacking::best_fit : DocumentPacking::stream);
        }) {}

 private:
  Feed feed(const GptBatch& b) const override {
    Feed feed{{{"tokens_in", b.ids}, {"labels", b.labels}, {"positions_in", b.positions}},
              {{"weights", b.weights}}};
    if (packs(config_)) feed.integers.emplace_back("documents", b.documents);
    return feed;
  }
};

std::unique_ptr<Batches> make_batches(const Config& config, const Corpus& corpus) {
  return std::make_unique<GptBatches>(config, corpus);
}

Feed random_feed(const Config& config, int64_t vocab, uint64_t step, int64_t micro_steps) {
  const int64_t length = config.sequence_length(), tokens = config.micro_sequences() * length;
  std::vector<int32_t> positions(static_cast<size_t>(tokens));
  for (size_t i = 0; i < positions.size(); ++i)
    positions[i] = static_cast<int32_t>(i % static_cast<size_t>(length));
  Feed feed{{{"tokens_in", draw_tokens(config, "tokens", step, tokens, vocab)},
             {"labels", draw_tokens(config, "labels", step, tokens, vocab)},
             {"positions_in", std::move(positions)}},
            {{"weights", std::vector<float>(static_cast<size_t>(tokens), 1.0F)},
             {"count", {static_cast<float>(tokens * micro_steps)}}}};
  if (packs(config))
    feed.integers.emplace_back("documents", std::vector<int32_t>(static_cast<size_t>(tokens), 0));
  return feed;
}

Tally tally(const Config&, const EvaluationBatch& batch, const GraphOutputs& outputs,
            const Tokenizer* tokenizer) {
  Tally sums{{"loss", outputs.number("loss") * batch.weight}, {"weight", batch.weight}};
  if (!tokenizer) return sums;
  std::vector<int32_t> scored;
  for (size_t k = 0; k < batch.labels.size(); ++k)
    if (batch.weights[k] > 0) scored.push_back(batch.labels[k]);
  sums["bytes"] = static_cast<double>(tokenizer->byte_count(scored));
  return sums;
}

Evaluation evaluation(const Config&, const Tally& sums) {
  Evaluation out{sums.at("loss") / sums.at("weight"), {}};
  if (const auto bytes = sums.find("bytes"); bytes != sums.end() && bytes->second > 0)
    out.figures = {{"bits_per_byte", sums.at("loss") / std::numbers::ln2 / bytes->second}};
  return out;
}

/// Bits per byte of an n-gram model fitted on the training part, on the windows that the model was
/// validated on.
double ngram_bits(int order, const TokenSplit& split, const Config& config) {
  NgramModel model(order, split.train.tokenizer().vocab_size());
  model.add(split.train, 0, split.train.token_count());
  const int64_t length = config.sequence_length();
  const GptSampler sampler(split, static_cast<uint64_t>(config.train.seed), length);
  const auto windows = evaluation_samples(config, sampler.validation_samples());
  return model.score(split.validation, windows, static_cast<uint64_t>(length)).bits_per_byte();
}

std::map<std::string, double> measure(const Config& config, const TokenSplit& split,
                                      const Batches&) {
  return {{"bits_per_byte_order0", ngram_bits(0, split, config)},
          {"bits_per_byte_order3", ngram_bits(3, split, config)}};
}

}  // namespace

Gpt gpt_of(const Config& config, int64_t vocab) {
  Gpt out{transformer_of(config, vocab), config.model.tied_head, packs(config)};
  out.transformer.norm_first = out.transformer.causal = true;
  return out;
}

namespace {

void check_gpt(const Checks& checks) {
  check_transformer(checks);
  checks.demand(checks.config.task.pooling != TaskConfig::Pooling::cls,
                {"task.pooling", "model.type"},
                "task.pooling: cls takes the first token, which in a gpt sees no token but itself; "
                "write last or mean");
}

/// Padding follows the text, so that no token of the text sees it.
Value build_body(Parameters& p, const Config& config, const BodyUse& use, BlockContext context) {
  const TensorType ids{DType::i32, {use.batch, use.length}};
  const Value tokens = p.graph().add_input("tokens_in", ids, PortKind::data);
  context.positions = iota(p.graph(), ids, 1, "positions");
  return gpt_trunk(p, gpt_of(config, use.vocab), tokens, context);
}

}  // namespace

ModelDef gpt_model() {
  return {
      .kind = {.name = "gpt",
               .doc = "reads left to right",
               .reads = transformer_keys({"data.documents", "data.packing"}),
               .check = check_gpt},
      .build = build,
      .layout = gpt_layout,
      .generation = build_generation,
      .scoring = build_scoring,
      .encoding = build_encoding,
      .batches = make_batches,
      .random_feed = random_feed,
      .tally = tally,
      .evaluation = evaluation,
      .remark = padding_text,
      .yardstick = {"validation bits per byte (lower is better)",
                    {{"bits_per_byte_start", "this model before training",
                      "eval_bits_per_byte_start"},
                     {"bits_per_byte_end", "this model now", "eval_bits_per_byte_end"},
                     {"bits_per_byte_order0", "order-0 {token} model ({token} frequencies)"},
                     {"bits_per_byte_order3", "order-3 {token} model (the three {token}s before)"}},
                    measure},
      .body = {.build = build_body,
               .layout = gpt_trunk_layout,
               .causal = true,
               .heads = {"head.weight"}}};
}

}  // namespace tessera
