#include "models/outside_metadata.h"

#include <algorithm>

#include "framework/config/field.h"
#include "framework/config/resolved_model.h"
#include "models/outside_config.h"

namespace tessera {
namespace {

using Json = nlohmann::ordered_json;

/// The value at "llama.rope.freq_base"; null where there is none.
Json value_at(const Json& object, std::string_view path) {
  const size_t dot = path.find('.');
  const auto found = object.find(std::string(path.substr(0, dot)));
  if (found == object.end()) return nullptr;
  return dot == std::string_view::npos ? *found : value_at(*found, path.substr(dot + 1));
}

bool is_real(Config config, std::string_view path) {
  for (const Section& section : bind_fields(config))
    for (const Field& field : section.fields)
      if (field.path() == path) return field.kind == FieldKind::real;
  return false;
}

}  // namespace

std::vector<OutsideMetadata> outside_metadata(const OutsideTarget& target, const Config& config) {
  const Config resolved = with_model_resolved(config);
  const Json all = outside_config(*target.family, *target.kind, resolved, Json::object());
  std::vector<OutsideMetadata> out;
  for (const OutsideKey& key : target.family->keys)
    for (const std::string_view name : key.theirs) {
      const Json value = value_at(all, name);
      if (value.is_null() || std::ranges::find(out, name, &OutsideMetadata::key) != out.end())
        continue;
      out.push_back({std::string(name), value, is_real(resolved, key.ours)});
    }
  return out;
}

}  // namespace tessera
