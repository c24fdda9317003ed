#include <algorithm>

#include "framework/assembly/assemble.h"
#include "framework/core/random.h"
#include "framework/train/batches.h"

namespace tessera {
namespace {

class RandomBatches : public Batches {
 public:
  RandomBatches(const Config& config, int64_t vocab)
      : config_(config), vocab_(config.model.vocab.value_or(vocab)) {}

  std::vector<Feed> update(int64_t first_sample, const BatchRows&) const override {
    std::vector<Feed> out;
    for (int64_t i = 0; i < config_.batch.accumulate; ++i)
      out.push_back(make(static_cast<uint64_t>(first_sample + i * config_.micro_sequences()),
                         config_.batch.accumulate));
    return out;
  }
  EvaluationBatch evaluation(int64_t index) const override {
    EvaluationBatch out;
    out.feed = make(static_cast<uint64_t>(index), 1);
    out.weights = out.feed.reals[0].second;
    out.weight = static_cast<double>(out.weights.size());
    out.sequences = static_cast<double>(config_.micro_sequences());
    out.labels = out.feed.integers[1].second;
    return out;
  }
  int64_t evaluation_batches() const override { return 1; }
  std::vector<std::string> identity(int64_t, int64_t) const override { return {"random tokens"}; }

 private:
  std::vector<int32_t> draw(std::string_view name, uint64_t step, int64_t count,
                            int64_t below) const {
    const Random random(static_cast<uint64_t>(config_.train.seed), name);
    std::vector<int32_t> out(static_cast<size_t>(count));
    for (size_t i = 0; i < out.size(); ++i)
      out[i] = static_cast<int32_t>(random.below(static_cast<uint64_t>(below), step, i));
    return out;
  }

  Feed make(uint64_t step, int64_t accumulate) const {
    const int64_t b = config_.micro_sequences(), s = config_.sequence_length();
    const bool gpt = config_.model.type == ModelConfig::Type::gpt;
    const int64_t p = gpt ? s : masked_positions(config_);
    Feed feed;
    feed.integers = {{"tokens_in", draw("tokens", step, b * s, vocab_)},
                     {"labels", draw("labels", step, b * p, vocab_)}};
    feed.reals = {{"weights", std::vector<float>(static_cast<size_t>(b * p), 1.0F)},
                  {"count", {static_cast<float>(b * p * accumulate)}}};
    if (gpt) {
      std::vector<int32_t> positions(static_cast<size_t>(b * s));
      for (size_t i = 0; i < positions.size(); ++i)
        positions[i] = static_cast<int32_t>(i % static_cast<size_t>(s));
      feed.integers.emplace_back("positions_in", std::move(positions));
      if (config_.data.documents == DataConfig::Documents::packed)
        feed.integers.emplace_back("documents",
                                   std::vector<int32_t>(static_cast<size_t>(b * s), 0));
      return feed;
    }
    std::vector<int32_t> masked;
    for (int64_t i = 0; i < b; ++i)
      for (int64_t j = 0; j < p; ++j) masked.push_back(static_cast<int32_t>(j * s / p));
    feed.integers.insert(
        feed.integers.end(),
        {{"lengths", std::vector<int32_t>(static_cast<size_t>(b), static_cast<int32_t>(s))},
         {"masked_positions", std::move(masked)}});
    if (config_.model.segment_count() > 0)
      feed.integers.emplace_back("segments_in",
                                 std::vector<int32_t>(static_cast<size_t>(b * s), 0));
    if (config_.model.next_sentence) {
      feed.integers.emplace_back("next_sentence", draw("next", step, b, 2));
      feed.reals.emplace_back("next_weights", std::vector<float>(static_cast<size_t>(b), 1.0F));
      feed.reals.emplace_back("sequences", std::vector<float>{static_cast<float>(b * accumulate)});
    }
    return feed;
  }

  const Config config_;
  int64_t vocab_;
};

}  // namespace

std::unique_ptr<Batches> make_random_batches(const Config& config, int64_t vocab) {
  return std::make_unique<RandomBatches>(config, vocab);
}

}  // namespace tessera
