// LabelledBatches: examples with labels as batches for a classifier. Sample s of a run is an
// example of epoch s / examples, in the random order of that epoch; nothing is stored.
#pragma once

#include <optional>

#include "framework/core/random.h"
#include "framework/data/examples.h"
#include "models/batches.h"

namespace tessera {

/// What labels count in the training loss, by number: task.class_weights.
std::vector<double> class_weights(const TaskConfig& task, const Examples& train);

/// The inputs of examples that are given directly, padded to `rows` with rows of weight 0. The sum of
/// the weights counts as 1, so that "losses" is the cross-entropy of each row.
Feed labelled_feed(std::span<const ExampleTokens> examples, std::span<const int32_t> labels,
                   int64_t rows, int64_t length, bool segments, int32_t pad);

class LabelledBatches : public Batches {
 public:
  /// `segments` says whether the model has the input segments_in; `pad` is the id of padding, any
  /// that the model has a row for.
  LabelledBatches(const Config& config, ExampleSplit split, bool segments, int32_t pad);

  using Batches::update;
  std::vector<Feed> update(int64_t first_sample, const BatchRows& wanted) const override;
  EvaluationBatch evaluation(int64_t index) const override;
  int64_t evaluation_batches() const override;
  std::vector<std::string> identity(int64_t first_sample, int64_t count) const override;

  const ExampleSplit& split() const { return split_; }

 private:
  uint64_t example_of(uint64_t sample) const;
  /// Rows of a feed, without the count.
  Feed rows(const Examples& from, std::span<const uint64_t> which, int64_t rows,
            std::span<const double> weights) const;

  const Config config_;
  const ExampleSplit split_;
  const bool segments_;
  const int32_t pad_;
  const Random random_;
  const std::vector<double> weights_;  // by label
};

}  // namespace tessera
