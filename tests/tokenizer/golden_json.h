// Goldens of tests/golden/tokenizer, made by the scripts there.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/places.h"

namespace tessera {

inline nlohmann::json golden_json(const std::string& name) {
  std::ifstream file(source_dir() + "/tests/golden/tokenizer/" + name);
  return nlohmann::json::parse(file);
}

}  // namespace tessera
