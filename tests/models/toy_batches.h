// Batches made up for tests: text that can be learned (a token is 3 t + 7 of the one before it, or
// one more, modulo the vocabulary), documents of uneven length, and uneven weights, so that a mean
// over the wrong count shows. Each sample is a function of its index alone.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "framework/core/random.h"
#include "framework/train/model_learner.h"
#include "models/bert.h"
#include "models/model.h"
#include "tests/host_device.h"

namespace tessera::testing {

class ToyBatches : public Batches {
 public:
  explicit ToyBatches(const Config& config) : config_(config) {}

  using Batches::update;
  std::vector<Feed> update(int64_t first_sample, const BatchRows& wanted) const override {
    const int64_t micro = config_.micro_sequences();
    const Range rows = wanted.of(micro);
    std::vector<Feed> feeds;
    double count = 0;
    for (int64_t i = 0; i < config_.batch.accumulate; ++i) {
      feeds.push_back(make(first_sample + i * micro, rows));
      for (float w : feeds.back().reals[0].second) count += static_cast<double>(w);
    }
    if (wanted.sum) wanted.sum({&count, 1});
    for (Feed& feed : feeds) {
      feed.rows = rows;
      feed.reals.push_back({"count", {static_cast<float>(count)}});
      if (bert_keys(config_).next_sentence)
        feed.reals.push_back({"sequences", {static_cast<float>(config_.batch.sequences)}});
    }
    return feeds;
  }
  EvaluationBatch evaluation(int64_t index) const override {
    EvaluationBatch out;
    out.feed = make((1 << 20) + index * config_.micro_sequences(), {0, config_.micro_sequences()});
    out.weights = out.feed.reals[0].second;
    for (float w : out.weights) out.weight += static_cast<double>(w);
    for (const auto& [name, values] : out.feed.integers)
      if (name == "labels") out.labels = values;
    out.feed.reals.push_back({"count", {static_cast<float>(out.weight)}});
    if (bert_keys(config_).next_sentence) {
      std::vector<float>& real = out.feed.reals[1].second;
      if (index == 2) std::fill(real.begin() + 1, real.end(), 0.0F);  // as behind the last sample
      for (float w : real) out.sequences += static_cast<double>(w);
      out.feed.reals.push_back({"sequences", {static_cast<float>(out.sequences)}});
    }
    return out;
  }
  int64_t evaluation_batches() const override { return 3; }
  std::vector<std::string> identity(int64_t, int64_t) const override { return {"toy"}; }

  /// The tokens of a sample.
  static std::vector<int32_t> text(uint64_t sample, int64_t length, int64_t vocab) {
    const Random random(7, "toy text");
    std::vector<int32_t> out;
    uint64_t token = random.below(static_cast<uint64_t>(vocab), sample, 0);
    for (int64_t i = 0; i < length; ++i) {
      out.push_back(static_cast<int32_t>(token));
      token = (3 * token + 7 + random.below(2, sample, static_cast<uint64_t>(i) + 1)) %
              static_cast<uint64_t>(vocab);
    }
    return out;
  }

 private:
  using Integers = std::vector<int32_t>;

  /// One micro-step's inputs but for the counts; its weights come first.
  Feed make(int64_t first, Range rows) const {
    return config_.model.type == "gpt" ? make_gpt(first, rows) : make_bert(first, rows);
  }

  Feed make_gpt(int64_t first, Range rows) const {
    const int64_t length = config_.sequence_length();
    const bool packed = config_.data.documents == DataConfig::Documents::packed;
    const Random random(7, "toy gpt");
    Integers tokens, labels, positions, documents;
    std::vector<float> weights;
    for (int64_t row = rows.begin; row < rows.end; ++row) {
      const auto sample = static_cast<uint64_t>(first + row);
      const Integers words = text(sample, length + 1, *config_.model.vocab);
      tokens.insert(tokens.end(), words.begin(), words.end() - 1);
      labels.insert(labels.end(), words.begin() + 1, words.end());
      const auto ends = 1 + static_cast<int64_t>(random.below(static_cast<uint64_t>(length), sample,
                                                              0));  // the first document
      for (int64_t i = 0; i < length; ++i) {
        positions.push_back(static_cast<int32_t>(packed && i >= ends ? i - ends : i));
        documents.push_back(i >= ends ? 1 : 0);
        const float draw = random.uniform(sample, static_cast<uint64_t>(i) + 1);
        weights.push_back(draw * 4 < static_cast<float>(sample % 4) ? 0.0F : 1.0F);
      }
    }
    Feed feed{{{"tokens_in", tokens}, {"labels", labels}, {"positions_in", positions}},
              {{"weights", weights}}};
    if (packed) feed.integers.emplace_back("documents", documents);
    return feed;
  }

  Feed make_bert(int64_t first, Range rows) const {
    const int64_t length = config_.sequence_length(), masked = masked_positions(config_);
    const Random random(7, "toy bert");
    Integers tokens, segments, lengths, positions, labels, next;
    std::vector<float> weights;
    for (int64_t row = rows.begin; row < rows.end; ++row) {
      const auto sample = static_cast<uint64_t>(first + row);
      Integers words = text(sample, length, *config_.model.vocab);
      const auto used = static_cast<int64_t>(
          masked + 1 +
          static_cast<int64_t>(random.below(static_cast<uint64_t>(length - masked), sample, 0)));
      lengths.push_back(static_cast<int32_t>(used));
      next.push_back(static_cast<int32_t>(random.below(2, sample, 1)));
      for (int64_t i = 0; i < masked; ++i) {
        const auto at = static_cast<size_t>(i * used / masked);
        const bool scored = i == 0 || random.below(4, sample, static_cast<uint64_t>(i) + 2) > 0;
        positions.push_back(scored ? static_cast<int32_t>(at) : 0);
        labels.push_back(scored ? words[at] : 0);
        weights.push_back(scored ? 1.0F : 0.0F);
        if (scored && i > 0) words[at] = static_cast<int32_t>(*config_.model.vocab - 1);
      }
      for (int64_t i = 0; i < length; ++i) {
        segments.push_back(bert_keys(config_).segment_count() > 1 && i >= used / 2 && i < used ? 1
                                                                                               : 0);
        tokens.push_back(i < used ? words[static_cast<size_t>(i)] : 0);
      }
    }
    Feed feed{{{"tokens_in", tokens},
               {"lengths", lengths},
               {"masked_positions", positions},
               {"labels", labels}},
              {{"weights", weights}}};
    if (bert_keys(config_).segment_count() > 0) feed.integers.emplace_back("segments_in", segments);
    if (bert_keys(config_).next_sentence) {
      feed.integers.emplace_back("next_sentence", next);
      feed.reals.emplace_back("next_weights", std::vector<float>(next.size(), 1.0F));
    }
    return feed;
  }

  const Config config_;
};

/// A learner of toy text, its parameters drawn.
inline std::unique_ptr<ModelLearner> toy_learner(const Config& config, const DeviceProfile& profile,
                                                 World* world = nullptr) {
  LearnerData data;
  data.vocab = *config.model.vocab;
  data.batches = std::make_unique<ToyBatches>(config);
  auto learner = std::make_unique<ModelLearner>(shipped_models(), config, std::move(data),
                                                host_device(profile), true, world);
  learner->initialize();
  return learner;
}

inline std::vector<double> losses(ModelLearner& learner, int64_t steps) {
  std::vector<double> out;
  for (int64_t i = 0; i < steps; ++i) out.push_back(learner.step(i).loss);
  return out;
}

}  // namespace tessera::testing
