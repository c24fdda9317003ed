// SampledBatches: what the batches of all samplers have in common: mixing sources, cutting an update
// into micro-steps and the held-out parts into batches, and counting labels over all of an update. A
// model's batches derive from it and say how a sampler's Batch becomes a Feed, whose first reals are
// the "weights" of its "labels".
#pragma once

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <span>

#include "framework/core/error.h"
#include "framework/data/mixed_sampler.h"
#include "models/batches.h"

namespace tessera {

template <typename Sampler>
class SampledBatches : public Batches {
 public:
  using Batch = typename Sampler::Batch;

  /// `make` makes the sampler of a source from (split, seed).
  template <typename Make>
  SampledBatches(const Config& config, const Corpus& corpus, const Make& make)
      : config_(config),
        sampler_(corpus, static_cast<uint64_t>(config.train.seed), make),
        vocab_(corpus.tokenizer()->vocab_size()) {
    for (const CorpusSource& source : corpus.sources()) names_.push_back(source.name);
  }

  using Batches::update;
  std::vector<Feed> update(int64_t first_sample, const BatchRows& wanted) const override {
    const int64_t micro = config_.micro_sequences();
    const Range rows = wanted.of(micro);
    std::vector<Feed> out;
    std::array<double, 2> counts{};  // labels, and sequences with a next one to tell
    for (int64_t i = 0; i < config_.batch.accumulate; ++i) {
      out.push_back(feed(sampler_.train_batch(
          static_cast<uint64_t>(first_sample + i * micro + rows.begin), rows.size())));
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
    check(index < evaluation_batches(), "evaluation batch {} of {}", index, evaluation_batches());
    const HeldOut& rows = evaluated()[static_cast<size_t>(index)];
    const Batch batch =
        sampler_.validation_batch(rows.source, rows.samples, config_.micro_sequences());
    EvaluationBatch out;
    out.source = rows.source;
    out.feed = feed(batch);
    require_known_ids(out.feed);
    out.weights = out.feed.reals[0].second;
    out.weight = total_of(out.feed, "weights");
    out.sequences = total_of(out.feed, "next_weights");
    if (const auto* labels = out.feed.find_integers("labels")) out.labels = *labels;
    finish(out.feed, out.weight, out.sequences);
    return out;
  }

  int64_t evaluation_batches() const override { return std::ssize(evaluated()); }

  std::vector<BatchSource> sources() const override {
    std::vector<BatchSource> out;
    for (size_t s = 0; s < names_.size(); ++s) {
      const Sampler& sampler = sampler_.source(s);
      out.push_back({names_[s], sampler.samples_per_epoch(), sampler_.validation_samples(s)});
      if constexpr (requires { sampler.padding(); }) out.back().padding = sampler.padding();
    }
    return out;
  }

  const Mixture* mixture() const override { return &sampler_.mixture(); }
  Mixture::Place place(int64_t sample) const override {
    return sampler_.place(static_cast<uint64_t>(sample));
  }

  std::vector<std::string> identity(int64_t first_sample, int64_t count) const override {
    std::vector<std::string> out;
    for (int64_t i = 0; i < count; ++i) {
      const auto sample = static_cast<uint64_t>(first_sample + i);
      out.push_back(fmt::format("sample {} of seed {} in {}", sample, config_.train.seed,
                                config_.data.place()));
      if (names_.size() < 2 || sample >= mixture()->samples()) continue;
      const Mixture::Place place = sampler_.place(sample);
      out.back() += fmt::format(" (sample {} of {})", place.sample, names_[place.source]);
    }
    return out;
  }

 protected:
  virtual Feed feed(const Batch& batch) const = 0;

  const Config config_;
  const MixedSampler<Sampler> sampler_;

 private:
  /// The rows of one batch of an evaluation: as many samples of a source as fit.
  struct HeldOut {
    size_t source = 0;
    std::vector<uint64_t> samples;
  };

  /// The batches of an evaluation: listed once, when they are first asked for.
  const std::vector<HeldOut>& evaluated() const {
    if (evaluated_) return *evaluated_;
    evaluated_.emplace();
    std::vector<uint64_t> held_out;
    for (const BatchSource& source : sources()) held_out.push_back(source.held_out);
    const auto samples = evaluation_samples(config_, held_out);
    const auto micro = static_cast<size_t>(config_.micro_sequences());
    for (size_t s = 0; s < samples.size(); ++s)
      for (size_t first = 0; first < samples[s].size(); first += micro) {
        const auto rows =
            std::span(samples[s]).subspan(first, std::min(micro, samples[s].size() - first));
        evaluated_->push_back({s, {rows.begin(), rows.end()}});
      }
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
                config_.data.place(), id, vocab_ - 1);
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
  std::vector<std::string> names_;
  mutable std::optional<std::vector<HeldOut>> evaluated_;
};

}  // namespace tessera
