#include "tests/models/bag.h"

#include "framework/config/checks.h"
#include "framework/config/own_keys.h"
#include "framework/data/gpt_sampler.h"
#include "framework/ops/linear.h"
#include "models/random_batches.h"
#include "models/sampled_batches.h"

namespace tessera::testing {

/// The keys of the config that are its own.
struct BagKeys {
  int64_t classes = 8;
};

template <typename Visit>
void fields(BagKeys& k, Visit&& visit) {
  visit("classes", k.classes, "bag: classes of the next token.", between(2, 1 << 16));
}

namespace {

int64_t classes_of(const Config& config) { return own_keys<BagKeys>(config.model).classes; }

void check_bag(const Checks& checks) {
  checks.shared_over_tp(checks.config.model.hidden, "model.hidden", "columns of the hidden layer");
}

std::vector<Parameter> build(Graph& graph, const Config& config, const ModelUse& use) {
  Scope scope(graph, "bag");
  Parameters p(graph);
  const ModelConfig& m = config.model;
  const int64_t batch = config.micro_sequences(), length = config.sequence_length();
  const auto input = [&](const char* name, DType dtype, Shape shape) {
    return graph.add_input(name, {dtype, std::move(shape)}, PortKind::data);
  };
  const Value tokens = input("tokens_in", DType::i32, {batch, length}),
              labels = input("labels", DType::i32, {batch}),
              weights = input("weights", DType::f32, {batch}),
              count = input("count", DType::f32, {});

  const Value table = p.normal("tokens", {m.vocab.value_or(use.vocab), m.hidden}, m.init_std);
  const Value embedded = ops::embedding(tokens, table, {}, "embedded");  // (B, S, H)
  const Value bag = ops::sum(embedded, {{"dims", Shape{1}}, {"keep", false}}, "bag");
  const Value mean = bag * (1.0 / static_cast<double>(length));  // (B, H)
  const Value hidden =
      ops::relu(linear(mean, p.normal("hidden.weight", {m.hidden, m.hidden}, m.init_std),
                       p.zeros("hidden.bias", {m.hidden}), "hidden"));
  const Value logits =
      linear(hidden, p.normal("head.weight", {classes_of(config), m.hidden}, m.init_std), {},
             "logits");  // (B, classes)

  const Value share = ops::div(weights, count, {}, "share");
  const Value losses =
      ops::cross_entropy.all({logits, labels, share}, {{"label_smoothing", 0.0}}, "losses")[0];
  graph.add_output("loss", ops::sum(losses, {{"dims", Shape{0}}, {"keep", false}}, "loss"));
  if (!use.training)
    graph.add_output("predicted", ops::argmax(logits, {{"dim", int64_t{1}}}, "predicted"));
  return p.list();
}

ModelLayout layout(const Config&) {
  return {.parameters = {{"hidden.weight", "[tp, _]"},
                         {"hidden.bias", "[tp]"},
                         {"head.weight", "[_, tp]"}},
          .values = {{"tokens_in", "[dp, _]"},
                     {"labels", "[dp]"},
                     {"weights", "[dp]"},
                     {"bag.logits", "[dp, _]"}}};
}

class BagBatches : public SampledBatches<GptSampler> {
 public:
  BagBatches(const Config& config, const Corpus& corpus)
      : SampledBatches(config, corpus, [&](const TokenSplit& split, uint64_t seed) {
          return GptSampler(split, seed, config.sequence_length());
        }) {}

 private:
  Feed feed(const GptBatch& batch) const override {
    std::vector<int32_t> labels;
    std::vector<float> weights;
    for (int64_t row = 0; row < batch.count; ++row) {
      const auto last = static_cast<size_t>((row + 1) * batch.length - 1);
      labels.push_back(batch.labels[last] % static_cast<int32_t>(classes_of(config_)));
      weights.push_back(batch.weights[last]);
    }
    return {{{"tokens_in", batch.ids}, {"labels", labels}}, {{"weights", weights}}};
  }
};

std::unique_ptr<Batches> make_batches(const Config& config, const Corpus& corpus) {
  return std::make_unique<BagBatches>(config, corpus);
}

Feed random_feed(const Config& config, int64_t vocab, uint64_t step, int64_t micro_steps) {
  const int64_t rows = config.micro_sequences();
  return {
      {{"tokens_in", draw_tokens(config, "tokens", step, rows * config.sequence_length(), vocab)},
       {"labels", draw_tokens(config, "labels", step, rows, classes_of(config))}},
      {{"weights", std::vector<float>(static_cast<size_t>(rows), 1.0F)},
       {"count", {static_cast<float>(rows * micro_steps)}}}};
}

Tally tally(const Config&, const EvaluationBatch& batch, const GraphOutputs& outputs,
            const Tokenizer*) {
  return {{"loss", outputs.number("loss") * batch.weight},
          {"hits", batch.hits(outputs.integers("predicted"))},
          {"weight", batch.weight}};
}

Evaluation evaluation(const Config&, const Tally& sums) {
  const double weight = sums.at("weight");
  return {sums.at("loss") / weight, {{"accuracy", sums.at("hits") / weight}}};
}

}  // namespace

ModelDef bag_model() {
  return {.kind = {.name = "bag",
                   .doc = "classifies the mean of its tokens' embeddings",
                   .reads = {"model.hidden", "model.init_std"},
                   .own = own_fields<BagKeys>,
                   .check = check_bag},
          .build = build,
          .layout = layout,
          .batches = make_batches,
          .random_feed = random_feed,
          .tally = tally,
          .evaluation = evaluation};
}

Models models_and_bag() {
  Models models = shipped_models();
  models.rows.push_back(bag_model());
  return models;
}

}  // namespace tessera::testing
