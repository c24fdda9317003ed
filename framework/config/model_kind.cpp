#include "framework/config/model_kind.h"

#include <fmt/format.h>

#include <algorithm>

namespace tessera {
namespace {

bool lists(const ModelKind& kind, std::string_view path) {
  if (std::find(kind.reads.begin(), kind.reads.end(), path) != kind.reads.end()) return true;
  if (!kind.own) return false;
  ModelConfig scratch;
  const std::vector<Field> own = kind.own(scratch);
  return std::any_of(own.begin(), own.end(), [&](const Field& f) { return f.path() == path; });
}

}  // namespace

Config with_kinds(const KnownKinds& kinds) {
  Config config;
  config.model.kinds = kinds;
  if (kinds && !kinds->empty()) config.model.type = kinds->front().name;
  return config;
}

const ModelKind* kind_of(const Config& config) {
  if (!config.model.kinds) return nullptr;
  for (const ModelKind& kind : *config.model.kinds)
    if (kind.name == config.model.type) return &kind;
  return nullptr;
}

bool reads(const Config& config, std::string_view path) {
  const ModelKind* kind = kind_of(config);
  return !kind || lists(*kind, path) ||
         std::none_of(config.model.kinds->begin(), config.model.kinds->end(),
                      [&](const ModelKind& other) { return lists(other, path); });
}

std::vector<Field> own_fields_of(Config& config) {
  const ModelKind* kind = kind_of(config);
  return kind && kind->own ? kind->own(config.model) : std::vector<Field>{};
}

std::string auto_meaning(const Config& config, std::string_view path) {
  const ModelConfig& model = config.model;
  if (path == "batch.length") return fmt::format("{}", config.sequence_length());
  if (!reads(config, path)) return {};
  if (path == "model.kv_heads") return fmt::format("{}", model.kv_head_count());
  if (path == "model.head_dim") return fmt::format("{}", model.head_width());
  if (path == "model.mlp_hidden") return fmt::format("{}", model.mlp_width());
  const ModelKind* kind = kind_of(config);
  return kind && kind->auto_meaning ? kind->auto_meaning(config, path) : std::string();
}

}  // namespace tessera
