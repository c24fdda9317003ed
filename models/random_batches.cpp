#include "models/random_batches.h"

#include "framework/core/random.h"

namespace tessera {
namespace {

class RandomBatches : public Batches {
 public:
  RandomBatches(const ModelDef& model, const Config& config, int64_t vocab)
      : make_(model.random_feed), config_(config), vocab_(config.model.vocab.value_or(vocab)) {}

  std::vector<Feed> update(int64_t first_sample, const BatchRows&) const override {
    std::vector<Feed> out;
    const int64_t micro_steps = config_.batch.accumulate;
    for (int64_t i = 0; i < micro_steps; ++i)
      out.push_back(make_(config_, vocab_,
                          static_cast<uint64_t>(first_sample + i * config_.micro_sequences()),
                          micro_steps));
    return out;
  }
  EvaluationBatch evaluation(int64_t index) const override {
    EvaluationBatch out;
    out.feed = make_(config_, vocab_, static_cast<uint64_t>(index), 1);
    if (const auto* labels = out.feed.find_integers("labels")) out.labels = *labels;
    if (const auto* weights = out.feed.find_reals("weights")) out.weights = *weights;
    out.weight = static_cast<double>(out.weights.size());
    out.sequences = static_cast<double>(config_.micro_sequences());
    return out;
  }
  int64_t evaluation_batches() const override { return 1; }
  std::vector<std::string> identity(int64_t, int64_t) const override { return {"random tokens"}; }

 private:
  decltype(ModelDef::random_feed) make_;
  const Config config_;
  int64_t vocab_;
};

}  // namespace

std::unique_ptr<Batches> make_random_batches(const Models& models, const Config& config,
                                             int64_t vocab) {
  return std::make_unique<RandomBatches>(models.of(config), config, vocab);
}

std::vector<int32_t> draw_tokens(const Config& config, std::string_view name, uint64_t step,
                                 int64_t count, int64_t below) {
  const Random random(static_cast<uint64_t>(config.train.seed), name);
  std::vector<int32_t> out(static_cast<size_t>(count));
  for (size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<int32_t>(random.below(static_cast<uint64_t>(below), step, i));
  return out;
}

}  // namespace tessera
