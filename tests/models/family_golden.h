// The reference models of transformers (tests/golden/families/make): their folders and goldens.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tests/places.h"
#include "tests/temporary_folder.h"

namespace tessera::testing {

inline std::string family_folder(const std::string& name) {
  return source_dir() + "/tests/golden/families/" + name;
}

inline nlohmann::json family_golden(const std::string& name) {
  return nlohmann::json::parse(read_file(family_folder(name) + "/golden.json"));
}

}  // namespace tessera::testing
