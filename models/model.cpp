#include "models/model.h"

#include <algorithm>
#include <string_view>

#include "framework/config/choices.h"
#include "framework/core/error.h"
#include "models/bert.h"
#include "models/classifier.h"
#include "models/gpt.h"

namespace tessera {

namespace {

/// `row` with the task of the config.
ModelDef with_task(const ModelDef& row, const std::vector<TaskDef>& tasks, const Config& config) {
  if (config.task.type == TaskConfig::Type::pretrain) return row;
  for (const TaskDef& task : tasks)
    if (task.type == config.task.type) return task.around(row);
  internal_error("there is no row for the task {}", choice_name(config.task.type));
}

}  // namespace

ModelDef Models::of(const Config& config) const {
  std::string known;
  for (const ModelDef& row : rows) {
    if (row.kind.name == config.model.type) return with_task(row, tasks, config);
    known += (known.empty() ? "" : ", ") + row.kind.name;
  }
  user_error("there is no model '{}'; known: {}", config.model.type, known);
}

KnownKinds Models::kinds() const {
  auto kinds = std::make_shared<ModelKinds>();
  for (const ModelDef& row : rows) {
    for (const std::string_view key : {"model.vocab", "model.context"})
      check(std::ranges::find(row.kind.reads, key) == row.kind.reads.end(),
            "the row of {} names {} as a key that it reads: every model does, and one that does "
            "not name it would refuse it",
            row.kind.name, key);
    kinds->push_back(row.kind);
  }
  return KnownKinds(std::move(kinds));
}

const Models& shipped_models() {
  static const Models models{{gpt_model(), bert_model()}, {classification_task()}};
  return models;
}

}  // namespace tessera
