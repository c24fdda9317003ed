#include "framework/config/stated.h"

#include <filesystem>
#include <system_error>

#include "framework/config/yaml.h"
#include "framework/core/error.h"
#include "framework/core/whole_file.h"

namespace tessera {
namespace {

YamlNode document_of(const std::string& path) {
  constexpr std::uintmax_t kLargest = 1 << 20;  // as for a config
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error || size > kLargest) return {};
  try {
    Problems ignored(path);
    return parse_yaml(whole_text(path), path, ignored);
  } catch (const UserError&) {
    return {};
  }
}

}  // namespace

std::map<std::string, std::string> stated_keys(const std::string& path,
                                               std::span<const std::string> sets) {
  std::map<std::string, std::string> keys;
  for (const YamlEntry& section : document_of(path).entries)
    for (const YamlEntry& entry : section.value.entries)
      if (entry.value.kind == YamlNode::Kind::scalar)
        keys[section.key.text + "." + entry.key.text] = entry.value.text;
  for (const std::string& set : sets)
    if (const size_t equals = set.find('='); equals != std::string::npos)
      keys[set.substr(0, equals)] = set.substr(equals + 1);
  return keys;
}

}  // namespace tessera
