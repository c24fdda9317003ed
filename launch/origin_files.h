// Where a model came from, when that is another program: its config, generation config and types.
// They lie in the folder `origin` of checkpoints that descend from it, so that export can give back
// what Tessera has no use for.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "framework/formats/stored_type.h"
#include "launch/source.h"

namespace tessera {

struct OriginFiles {
  nlohmann::ordered_json config = nlohmann::ordered_json::object();
  std::string generation_config;            // the file's text; empty: there is none
  std::string chat_template;                // the text of chat_template.jinja; empty: there is none
  std::map<std::string, StoredType> types;  // of tensors, by their names in the family's table
};

OriginFiles origin_of(const OutsideModel& model, const OutsideSource& tensors);
/// What the source knows of its origin; empty for a model that Tessera made.
OriginFiles origin_of(const ModelSource& source);

/// The files for a checkpoint, by name.
std::map<std::string, std::string> to_files(const OriginFiles& origin);

}  // namespace tessera
