#include "framework/train/batches.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <span>

#include "framework/assembly/assemble.h"
#include "framework/data/bert_sampler.h"
#include "framework/data/gpt_sampler.h"

namespace tessera {
namespace {

double total(const std::vector<float>& values) {  // in float, ones stop adding up at 2^24
  return std::accumulate(values.begin(), values.end(), 0.0);
}

double total_of(const Feed& feed, std::string_view name) {
  for (const auto& [key, values] : feed.reals)
    if (key == name) return total(values);
  return 0;
}

/// At least 1, so that a batch without a label gives loss 0 and not 0/0.
float at_least_one(double count) { return static_cast<float>(std::max(1.0, count)); }

Feed feed_of(const GptBatch& b, bool packed) {
  Feed feed{{{"tokens_in", b.ids}, {"labels", b.labels}, {"positions_in", b.positions}},
            {{"weights", b.weights}}};
  if (packed) feed.integers.emplace_back("documents", b.documents);
  return feed;
}

Feed feed_of(const BertBatch& b, bool segments, bool next_sentence) {
  Feed feed{{{"tokens_in", b.ids},
             {"lengths", b.lengths},
             {"masked_positions", b.masked_positions},
             {"labels", b.masked_labels}},
            {{"weights", b.masked_weights}}};
  if (segments) feed.integers.emplace_back("segments_in", b.segments);
  if (next_sentence) {
    feed.integers.emplace_back("next_sentence", b.next_sentence);
    feed.reals.emplace_back("next_weights", b.next_weights);
  }
  return feed;
}

/// What GPT's and BERT's batches have in common: cutting an update into micro-steps and the held-out part into batches.
template <typename Batch>
class SampledBatches : public Batches {
 public:
  SampledBatches(const Config& config, int64_t vocab) : config_(config), vocab_(vocab) {}

  std::vector<Feed> update(int64_t first_sample, const BatchRows& wanted) const override {
    const int64_t micro = config_.micro_sequences();
    const Range rows = wanted.of(micro);
    std::vector<Feed> out;
    std::array<double, 2> counts{};  // of labels, and of sequences with a next one to tell
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
    const auto micro = static_cast<size_t>(config_.micro_sequences());
    const std::vector<uint64_t> samples = evaluation_samples(config_, held_out_samples());
    const size_t first = static_cast<size_t>(index) * micro;
    check(first < samples.size(), "evaluation batch {} of {}", index, evaluation_batches());
    const Batch batch =
        held_out(std::span(samples).subspan(first, std::min(micro, samples.size() - first)));
    EvaluationBatch out;
    out.feed = feed(batch);
    require_known_ids(out.feed);
    out.weights = out.feed.reals[0].second;
    out.weight = total(out.weights);
    out.sequences = total_of(out.feed, "next_weights");
    for (const auto& [name, values] : out.feed.integers)
      if (name == "labels") out.labels = values;
    finish(out.feed, out.weight, out.sequences);
    return out;
  }

  int64_t evaluation_batches() const override {
    const int64_t micro = config_.micro_sequences();
    return (std::ssize(evaluation_samples(config_, held_out_samples())) + micro - 1) / micro;
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
  /// A micro-step's rows: these samples, then padding.
  virtual Batch held_out(std::span<const uint64_t> samples) const = 0;
  virtual uint64_t held_out_samples() const = 0;
  virtual Feed feed(const Batch& batch) const = 0;

  /// The shards were verified when they were first read; what was written over them since may be anything.
  void require_known_ids(const Feed& feed) const {
    for (const auto& [name, ids] : feed.integers) {
      if (name != "tokens_in" && name != "labels") continue;
      for (const int32_t id : ids)
        require(id >= 0 && id < vocab_,
                "{} was changed while this run reads it: it holds a token {} now, and the "
                "vocabulary ends at {}. Restore it and give the same command; a run's shards must "
                "not be written over",
                config_.data.shards, id, vocab_ - 1);
    }
  }

  void finish(Feed& feed, double count, double sequences) const {
    feed.reals.emplace_back("count", std::vector<float>{at_least_one(count)});
    if (config_.model.next_sentence)
      feed.reals.emplace_back("sequences", std::vector<float>{at_least_one(sequences)});
  }

  const Config config_;
  int64_t vocab_;  // of the tokenizer
};

class GptBatches : public SampledBatches<GptBatch> {
 public:
  GptBatches(const Config& config, const TokenSplit& split)
      : SampledBatches(config, split.train.tokenizer().vocab_size()),
        packed_(config.data.documents == DataConfig::Documents::packed),
        sampler_(split, static_cast<uint64_t>(config.train.seed), config.sequence_length(),
                 packed_) {}

 private:
  GptBatch train(uint64_t first, int64_t count) const override {
    return sampler_.train_batch(first, count);
  }
  GptBatch held_out(std::span<const uint64_t> samples) const override {
    return sampler_.validation_batch(samples, config_.micro_sequences());
  }
  uint64_t held_out_samples() const override { return sampler_.validation_samples(); }
  Feed feed(const GptBatch& batch) const override { return feed_of(batch, packed_); }

  bool packed_;
  GptSampler sampler_;
};

class BertBatches : public SampledBatches<BertBatch> {
 public:
  BertBatches(const Config& config, const TokenSplit& split)
      : SampledBatches(config, split.train.tokenizer().vocab_size()),
        sampler_(split, static_cast<uint64_t>(config.train.seed), options(config)) {
    check(sampler_.masked() == masked_positions(config),
          "the sampler masks {} positions, the model takes {}", sampler_.masked(),
          masked_positions(config));
  }

 private:
  static BertOptions options(const Config& config) {
    BertOptions out;
    out.length = config.sequence_length();
    out.pairs = config.data.sentence_pairs;
    out.masking.rate = config.data.mask_rate;
    out.masking.whole_words = config.data.whole_word;
    return out;
  }
  BertBatch train(uint64_t first, int64_t count) const override {
    return sampler_.train_batch(first, count);
  }
  BertBatch held_out(std::span<const uint64_t> samples) const override {
    return sampler_.validation_batch(samples, config_.micro_sequences());
  }
  uint64_t held_out_samples() const override { return sampler_.validation_samples(); }
  Feed feed(const BertBatch& batch) const override {
    return feed_of(batch, config_.model.segment_count() > 0, config_.model.next_sentence);
  }

  BertSampler sampler_;
};

}  // namespace

std::vector<uint64_t> evaluation_samples(const Config& config, uint64_t held_out) {
  const auto most = static_cast<uint64_t>(config.evaluate.batches * config.batch.sequences);
  std::vector<uint64_t> samples(std::min(held_out, most));
  const uint64_t n = samples.size();
  for (uint64_t i = 0; i < n; ++i)  // floor(i · held_out / n) without an overflow
    samples[i] = i * (held_out / n) + i * (held_out % n) / n;
  return samples;
}

std::unique_ptr<Batches> make_batches(const Config& config,
                                      const std::shared_ptr<const TokenShards>& shards) {
  const TokenSplit split = split_tokens(shards, config.data.validation);
  std::unique_ptr<Batches> batches;
  if (config.model.type == ModelConfig::Type::gpt)
    batches = std::make_unique<GptBatches>(config, split);
  else
    batches = std::make_unique<BertBatches>(config, split);
  const bool evaluates = config.data.validation > 0 && !config.evaluate.every.never();
  require(!evaluates || batches->evaluation_batches() > 0,
          "{}: the held-out part, {} tokens, has no text to make a sample of; hold out more "
          "(data.validation is {}), tokenize more text, or set evaluate.every: 0 steps",
          shards->folder().string(), split.validation.token_count(), config.data.validation);
  return batches;
}

}  // namespace tessera
