#include "framework/config/task_checks.h"

#include <set>

namespace tessera {
namespace {

using Texts = std::vector<std::string>;

/// Keys that belong to tasks on examples keep their defaults without one.
void check_pretraining(const Checks& checks) {
  const Config &c = checks.config, usual;
  const auto idle = [&](const char* path, const auto& value, const auto& standard) {
    checks.without_effect(false, path, value, standard, "task.type", "pretrain");
  };
  idle("task.text", c.task.text, usual.task.text);
  idle("task.label", c.task.label, usual.task.label);
  idle("task.labels", c.task.labels, usual.task.labels);
  idle("task.max_length", c.task.max_length, usual.task.max_length);
  idle("task.class_weights", c.task.class_weights, usual.task.class_weights);
  idle("task.pooling", c.task.pooling, usual.task.pooling);
  idle("data.train", c.data.train, usual.data.train);
  idle("data.validation_file", c.data.validation_file, usual.data.validation_file);
}

/// Keys that are about token shards keep their defaults with a task on examples.
void check_unread(const Checks& checks) {
  const Config &c = checks.config, usual;
  const auto idle = [&](const char* path, const auto& value, const auto& standard) {
    checks.without_effect(false, path, value, standard, "task.type", "classify");
  };
  idle("data.shards", c.data.shards, usual.data.shards);
  idle("data.sources", c.data.sources, usual.data.sources);
  idle("data.packing", c.data.packing, usual.data.packing);
  idle("data.documents", c.data.documents, usual.data.documents);
  idle("data.mask_rate", c.data.mask_rate, usual.data.mask_rate);
  idle("data.whole_word", c.data.whole_word, usual.data.whole_word);
  idle("data.sentence_pairs", c.data.sentence_pairs, usual.data.sentence_pairs);
  idle("evaluate.batches", c.evaluate.batches, usual.evaluate.batches);
}

void check_class_weights(const Checks& checks) {
  const TaskConfig& task = checks.config.task;
  std::string complaint;
  const std::vector<double> weights = stated_class_weights(task, complaint);
  checks.demand(complaint.empty(), {"task.class_weights"}, "task.class_weights: {}", complaint);
  checks.demand(weights.empty() || task.labels.empty() || weights.size() == task.labels.size(),
                {"task.class_weights", "task.labels"},
                "task.class_weights has {} numbers, and there are {} labels ({}); write one for "
                "each, in this order",
                weights.size(), task.labels.size(), fmt::join(task.labels, ", "));
}

void check_classification(const Checks& checks) {
  const Config& c = checks.config;
  const TaskConfig& task = c.task;
  check_unread(checks);
  checks.demand(!c.data.train.empty(), {"data.train", "task.type"},
                "task.type: classify needs data.train, a file with a text and a label in each row; "
                "write such as data: {{train: reviews.tsv}}");
  checks.demand((task.text.size() == 1 || task.text.size() == 2) && !task.text[0].empty(),
                {"task.text"},
                "task.text names one column or two, not {}; write such as text: [title, body]",
                task.text.size());
  for (const std::string& column : task.text)
    checks.demand(column != task.label, {"task.label", "task.text"},
                  "task.text and task.label are both '{}'; the label is in a column of its own",
                  column);
  checks.demand(!task.label.empty(), {"task.label"},
                "task.label is empty; name the column of the labels");
  const std::set<std::string> different(task.labels.begin(), task.labels.end());
  checks.demand(different.size() == task.labels.size(), {"task.labels"},
                "task.labels names a label twice; name each once");
  checks.demand(task.labels.size() != 1, {"task.labels"},
                "task.labels has one label; there is nothing to tell apart");
  checks.demand(!c.batch.length || !task.max_length, {"task.max_length", "batch.length"},
                "task.max_length and batch.length both say how long a text may be; remove one");
  checks.demand(!task.max_length || *task.max_length <= c.model.context,
                {"task.max_length", "model.context"},
                "task.max_length = {} exceeds model.context = {}; shorten it",
                task.max_length.value_or(0), c.model.context);
  check_class_weights(checks);
}

}  // namespace

std::vector<double> stated_class_weights(const TaskConfig& task, std::string& complaint) {
  const Texts& texts = task.class_weights;
  if (texts == Texts{"none"} || texts == Texts{"balanced"}) return {};
  std::vector<double> weights;
  for (const std::string& text : texts) {
    double weight = 0;
    if (!read_value(text, between(0, 1e6), weight).empty()) {
      complaint = fmt::format(
          "{} is no number from 0 to 1000000; write none, balanced, or a list "
          "with a number for each label",
          shown(text));
      return {};
    }
    weights.push_back(weight);
  }
  if (weights.empty())
    complaint = "is empty; write none, balanced, or a list with a number for each label";
  return weights;
}

void check_task(const Checks& checks) {
  if (checks.config.task.classifies())
    check_classification(checks);
  else
    check_pretraining(checks);
  const EvaluateConfig& e = checks.config.evaluate;
  const bool evaluates = !e.every.never();
  checks.without_effect(evaluates, "evaluate.metric", e.metric, EvaluateConfig{}.metric,
                        "evaluate.every", "0 steps");
  checks.without_effect(evaluates, "evaluate.keep", e.keep, EvaluateConfig{}.keep, "evaluate.every",
                        "0 steps");
  checks.without_effect(evaluates, "evaluate.patience", e.patience, EvaluateConfig{}.patience,
                        "evaluate.every", "0 steps");
}

}  // namespace tessera
