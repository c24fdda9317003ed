// SampledBatches: what the batches of all samplers have in common: cutting an update into
// micro-steps and the held-out part into batches, and counting labels over all of an update. A
// model's batches derive from it and say how a sampler's Batch becomes a Feed, whose first reals
// are the "weights" of its "labels".
#pragma once

#include <algorithm>
#include <array>
#include <numeric>
#include <span>

#include "framework/core/error.h"
#include "models/batches.h"

namespace tessera {

template <typename Batch>
class SampledBatches : public Batches {
 public:
  /// `vocab` is the tokenizer's.
  SampledBatches(const Config& config, int64_t vocab) : config_(config), vocab_(vocab) {}

  using Batches::update;
  std::vector<Feed> update(int64_t first_sample, const BatchRows& wanted) const override {
    const int64_t micro = config_.micro_sequences();
    const Range rows = wanted.of(micro);
    std::vector<Feed> out;
    std::array<double, 2> counts{};  // labels, and sequences with a next one to tell
    for (int64_t i = 0; i < config_.batch.accumulate; ++i) {
      out.push_back(
          feed(train(static_cast<uint64_t>(first_sample + i * micro + rows.begin), rows.size())));
      out.back().rows = rows;
      require_known_ids(out.back());
      counts[0] += total_of(out.back(), "weights");
      counts[1] += total_of(out.back(), "next_weights");
    }
    if (wanted.sum) wanted.sum(counts);
    for (Feed& f : out) finish(f, counts[0], counts[1]);
    return out;
  }

  EvaluationBatch evaluation(int64_t index) const override {
    const std::vector<uint64_t>& samples = evaluated();
    const auto micro = static_cast<size_t>(config_.micro_sequences());
    const size_t first = static_cast<size_t>(index) * micro;
    check(first < samples.size(), "evaluation batch {} of {}", index, evaluation_batches());
    const Batch batch =
        held_out(std::span(samples).subspan(first, std::min(micro, samples.size() - first)));
    EvaluationBatch out;
    out.feed = feed(batch);
    require_known_ids(out.feed);
    out.weights = out.feed.reals[0].second;
    out.weight = total_of(out.feed, "weights");
    out.sequences = total_of(out.feed, "next_weights");
    if (const auto* labels = out.feed.find_integers("labels")) out.labels = *labels;
    finish(out.feed, out.weight, out.sequences);
    return out;
  }

  int64_t evaluation_batches() const override {
    const int64_t micro = config_.micro_sequences();
    return (std::ssize(evaluated()) + micro - 1) / micro;
  }

  std::vector<std::string> identity(int64_t first_sample, int64_t count) const override {
    std::vector<std::string> out;
    for (int64_t i = 0; i < count; ++i)
      out.push_back(fmt::format("sample {} of seed {} in {}", first_sample + i, config_.train.seed,
                                config_.data.shards));
    return out;
  }

 protected:
  virtual Batch train(uint64_t first, int64_t count) const = 0;
  /// A micro-step's rows: the given samples, then padding.
  virtual Batch held_out(std::span<const uint64_t> samples) const = 0;
  virtual uint64_t held_out_samples() const = 0;
  virtual Feed feed(const Batch& batch) const = 0;

  const Config config_;

 private:
  /// The samples of an evaluation: listed once, when they are first asked for.
  const std::vector<uint64_t>& evaluated() const {
    if (!evaluated_) evaluated_ = evaluation_samples(config_, held_out_samples());
    return *evaluated_;
  }

  /// The sum is made in double: in float, ones stop adding up at 2^24.
  static double total_of(const Feed& feed, std::string_view name) {
    const std::vector<float>* values = feed.find_reals(name);
    return values ? std::accumulate(values->begin(), values->end(), 0.0) : 0;
  }

  /// The shards were verified when they were first read; what was written over them since may be
  /// anything.
  void require_known_ids(const Feed& feed) const {
    for (const char* name : {"tokens_in", "labels"}) {
      const std::vector<int32_t>* ids = feed.find_integers(name);
      if (!ids) continue;
      for (const int32_t id : *ids)
        require(id >= 0 && id < vocab_,
                "{} was changed while this run reads it: it holds a token {} now, and the "
                "vocabulary ends at {}. Restore it and give the same command; a run's shards must "
                "not be written over",
                config_.data.shards, id, vocab_ - 1);
    }
  }

  /// Counts are at least 1, so that a batch without a label gives loss 0 and not 0/0.
  static void finish(Feed& feed, double count, double sequences) {
    const auto at_least_one = [](double n) {
      return std::vector<float>{static_cast<float>(std::max(1.0, n))};
    };
    feed.reals.emplace_back("count", at_least_one(count));
    if (feed.find_reals("next_weights"))
      feed.reals.emplace_back("sequences", at_least_one(sequences));
  }

  int64_t vocab_;
  mutable std::optional<std::vector<uint64_t>> evaluated_;
};

}  // namespace tessera
