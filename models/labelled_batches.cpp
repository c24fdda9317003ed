#include "models/labelled_batches.h"

#include <algorithm>
#include <numeric>

#include "framework/config/task_checks.h"
#include "framework/core/error.h"
#include "framework/data/permutation.h"

namespace tessera {
namespace {

/// The inputs of the model, row by row.
class Rows {
 public:
  Rows(int64_t rows, int64_t length, bool segments, int32_t pad)
      : length_(static_cast<size_t>(length)),
        segmented_(segments),
        ids_(static_cast<size_t>(rows) * length_, pad),
        segments_(segments ? ids_.size() : 0, 0),
        // Padding has one token, so that its mean and its last token are numbers.
        lengths_(static_cast<size_t>(rows), 1),
        labels_(static_cast<size_t>(rows), 0),
        weights_(static_cast<size_t>(rows), 0) {}

  template <typename Segment>
  void add(std::span<const int32_t> ids, std::span<const Segment> segments, int32_t label,
           double weight) {
    check(!ids.empty() && ids.size() <= length_, "an example of {} tokens in rows of {}",
          ids.size(), length_);
    const size_t begin = row_ * length_;
    std::ranges::copy(ids, ids_.begin() + static_cast<std::ptrdiff_t>(begin));
    if (segmented_)
      for (size_t i = 0; i < segments.size(); ++i)
        segments_[begin + i] = static_cast<int32_t>(segments[i]);
    lengths_[row_] = static_cast<int32_t>(ids.size());
    labels_[row_] = label;
    weights_[row_++] = static_cast<float>(weight);
  }

  Feed take() {
    Feed feed{{{"tokens_in", std::move(ids_)},
               {"lengths", std::move(lengths_)},
               {"labels", std::move(labels_)}},
              {{"weights", std::move(weights_)}}};
    if (segmented_) feed.integers.emplace_back("segments_in", std::move(segments_));
    return feed;
  }

 private:
  size_t length_, row_ = 0;
  bool segmented_;
  std::vector<int32_t> ids_, segments_, lengths_, labels_;
  std::vector<float> weights_;
};

/// A count of at least 1 makes the loss of a batch without a weight 0 and not 0/0.
void add_count(Feed& feed, double count) {
  feed.reals.emplace_back("count", std::vector<float>{static_cast<float>(count > 0 ? count : 1)});
}

double weight_of(const Feed& feed) {
  const std::vector<float>& weights = *feed.find_reals("weights");
  return std::accumulate(weights.begin(), weights.end(), 0.0);
}

}  // namespace

std::vector<double> class_weights(const TaskConfig& task, const Examples& train) {
  std::string complaint;
  std::vector<double> weights = stated_class_weights(task, complaint);
  check(complaint.empty(), "task.class_weights {}", complaint);
  const size_t labels = task.labels.size();
  if (weights.empty()) weights.assign(labels, 1.0);
  if (task.class_weights != std::vector<std::string>{"balanced"}) return weights;
  // n / (labels · n_label), as scikit-learn's "balanced".
  std::vector<double> counts(labels, 0.0);
  for (size_t i = 0; i < train.size(); ++i) counts[static_cast<size_t>(train.label(i))] += 1;
  for (size_t k = 0; k < labels; ++k)
    if (counts[k] > 0)
      weights[k] = static_cast<double>(train.size()) / (static_cast<double>(labels) * counts[k]);
  return weights;
}

Feed labelled_feed(std::span<const ExampleTokens> examples, std::span<const int32_t> labels,
                   int64_t rows, int64_t length, bool segments, int32_t pad) {
  Rows out(rows, length, segments, pad);
  for (size_t i = 0; i < examples.size(); ++i)
    out.add<int32_t>(examples[i].ids, examples[i].segments, labels[i], 1);
  Feed feed = out.take();
  add_count(feed, 1);
  return feed;
}

LabelledBatches::LabelledBatches(const Config& config, ExampleSplit split, bool segments,
                                 int32_t pad)
    : config_(config),
      split_(std::move(split)),
      segments_(segments),
      pad_(pad),
      random_(static_cast<uint64_t>(config.train.seed), "data.examples.order"),
      weights_(class_weights(config.task, split_.train)) {}

uint64_t LabelledBatches::example_of(uint64_t sample) const {
  const uint64_t n = split_.train.size();
  return Permutation(n, random_, sample / n)(sample % n);
}

Feed LabelledBatches::rows(const Examples& from, std::span<const uint64_t> which, int64_t rows,
                           std::span<const double> weights) const {
  Rows out(rows, config_.sequence_length(), segments_, pad_);
  for (const uint64_t i : which) {
    const int32_t label = from.label(i);
    out.add<uint8_t>(from.ids(i), from.segments(i), label,
                     weights.empty() ? 1.0 : weights[static_cast<size_t>(label)]);
  }
  return out.take();
}

std::vector<Feed> LabelledBatches::update(int64_t first_sample, const BatchRows& wanted) const {
  const int64_t micro = config_.micro_sequences();
  const Range range = wanted.of(micro);
  std::vector<Feed> out;
  std::array<double, 1> count{};
  for (int64_t i = 0; i < config_.batch.accumulate; ++i) {
    std::vector<uint64_t> which;
    for (int64_t row = range.begin; row < range.end; ++row)
      which.push_back(example_of(static_cast<uint64_t>(first_sample + i * micro + row)));
    out.push_back(rows(split_.train, which, range.size(), weights_));
    out.back().rows = range;
    count[0] += weight_of(out.back());
  }
  if (wanted.sum) wanted.sum(count);
  for (Feed& feed : out) add_count(feed, count[0]);
  return out;
}

EvaluationBatch LabelledBatches::evaluation(int64_t index) const {
  const auto micro = static_cast<uint64_t>(config_.micro_sequences());
  const uint64_t first = static_cast<uint64_t>(index) * micro, all = split_.validation.size();
  check(first < all, "evaluation batch {} of {}", index, evaluation_batches());
  std::vector<uint64_t> which(std::min(micro, all - first));
  std::iota(which.begin(), which.end(), first);
  EvaluationBatch out;
  out.feed = rows(split_.validation, which, static_cast<int64_t>(micro), {});
  out.weights = *out.feed.find_reals("weights");
  out.labels = *out.feed.find_integers("labels");
  out.weight = weight_of(out.feed);
  out.sequences = out.weight;
  add_count(out.feed, out.weight);
  return out;
}

int64_t LabelledBatches::evaluation_batches() const {
  const int64_t micro = config_.micro_sequences();
  return (static_cast<int64_t>(split_.validation.size()) + micro - 1) / micro;
}

std::vector<std::string> LabelledBatches::identity(int64_t first_sample, int64_t count) const {
  std::vector<std::string> out;
  for (int64_t i = 0; i < count; ++i)
    out.push_back(fmt::format("sample {} of seed {}: example {} of those that {} has for training",
                              first_sample + i, config_.train.seed,
                              example_of(static_cast<uint64_t>(first_sample + i)), split_.place));
  return out;
}

}  // namespace tessera
