// Batches turn token shards into what a model is fed. An update's batch is the batch.sequences
// samples from a given one on, each a pure function of (seed, sample), cut into micro-steps;
// nothing is remembered. A rank makes its own rows alone.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "framework/config/config.h"
#include "framework/data/mixture.h"
#include "models/feed.h"

namespace tessera {

/// One held-out batch, and its labels for turning losses into figures.
struct EvaluationBatch {
  Feed feed;
  std::vector<int32_t> labels;
  std::vector<float> weights;
  double weight = 0;     // sum of the weights
  double sequences = 0;  // number of sequences with a next sentence to tell
  size_t source = 0;     // which of Batches::sources() all of it is from

  /// The sum of the weights of the labels that are as predicted.
  double hits(std::span<const int32_t> predicted) const;
};

/// The rows (sequences) that are asked for, of the micro_sequences() of each micro-step.
struct BatchRows {
  Range range = {};  // empty: all
  /// Sums figures, in place, over the ranks that make the other rows; not set where there are none.
  std::function<void(std::span<double>)> sum = {};

  Range of(int64_t all) const { return range.size() > 0 ? range : Range{0, all}; }
};

/// One of the sources that a run mixes.
struct BatchSource {
  std::string name;
  uint64_t samples_per_epoch = 0;
  uint64_t held_out = 0;  // samples
  double padding = 0;     // share of its samples that no token fills
};

class Batches {
 public:
  virtual ~Batches() = default;

  /// The micro-steps of the update that begins with `first_sample`, in order, `rows` of each or
  /// more. Counts are summed over all rows of all micro-steps.
  virtual std::vector<Feed> update(int64_t first_sample, const BatchRows& rows) const = 0;
  std::vector<Feed> update(int64_t first_sample) const { return update(first_sample, {}); }
  /// Held-out batch `index` of evaluation_batches(), as large as a micro-step; the last one may be
  /// padded.
  virtual EvaluationBatch evaluation(int64_t index) const = 0;
  virtual int64_t evaluation_batches() const = 0;
  /// The sources that samples come from; none where tokens are random.
  virtual std::vector<BatchSource> sources() const { return {}; }
  /// How the sources are mixed; null where tokens are random.
  virtual const Mixture* mixture() const { return nullptr; }
  /// The source of a training sample, and its number among the samples of that source's folder.
  virtual Mixture::Place place(int64_t) const { return {}; }
  /// What samples [first_sample, first_sample + count) are, one line each.
  virtual std::vector<std::string> identity(int64_t first_sample, int64_t count) const = 0;
};

/// The held-out samples that an evaluation reads, of `held_out` in all: evaluate.batches ·
/// batch.sequences, spread evenly (all, when there are not more). However they are cut into
/// micro-steps, they are the same.
std::vector<uint64_t> evaluation_samples(const Config& config, uint64_t held_out);
/// The same for several sources, by source: each has its share of these samples, but not fewer than
/// batch.sequences.
std::vector<std::vector<uint64_t>> evaluation_samples(const Config& config,
                                                      std::span<const uint64_t> held_out);

}  // namespace tessera
