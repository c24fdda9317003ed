// What a folder holds.
#pragma once

#include <filesystem>
#include <set>
#include <string>

namespace tessera {

inline std::set<std::string> names_in(const std::filesystem::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.insert(entry.path().filename().string());
  return names;
}

}  // namespace tessera
