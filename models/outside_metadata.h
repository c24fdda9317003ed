// The config of a model as metadata of a GGUF file, by a family's table.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "models/outside_export.h"

namespace tessera {

struct OutsideMetadata {
  std::string key;
  nlohmann::ordered_json value;  // a number, a text or a flag
  bool real = false;             // a number that need not be an integer
};

/// `target` is of a family of GGUF files.
std::vector<OutsideMetadata> outside_metadata(const OutsideTarget& target, const Config& config);

}  // namespace tessera
