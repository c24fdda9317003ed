#include "models/model.h"

#include "framework/core/error.h"
#include "models/bert.h"
#include "models/gpt.h"

namespace tessera {

const ModelDef& Models::of(const Config& config) const {
  std::string known;
  for (const ModelDef& row : rows) {
    if (row.kind.name == config.model.type) return row;
    known += (known.empty() ? "" : ", ") + row.kind.name;
  }
  user_error("there is no model '{}'; known: {}", config.model.type, known);
}

KnownKinds Models::kinds() const {
  auto kinds = std::make_shared<ModelKinds>();
  for (const ModelDef& row : rows) kinds->push_back(row.kind);
  return KnownKinds(std::move(kinds));
}

const Models& shipped_models() {
  static const Models models{{gpt_model(), bert_model()}};
  return models;
}

}  // namespace tessera
