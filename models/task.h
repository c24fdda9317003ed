// Tasks: what a model is trained to do. A task takes a row of the table of models and makes
// another of it, with a head, batches and figures of its own, so that nothing that assembles, feeds
// or trains a model asks which task it is. models/classifier.h is one. A row for another task is
// added in models/model.cpp.
#pragma once

#include "framework/config/config.h"

namespace tessera {

struct ModelDef;

struct TaskDef {
  TaskConfig::Type type;
  /// The row of a model with this task.
  ModelDef (*around)(const ModelDef& model) = nullptr;
};

}  // namespace tessera
