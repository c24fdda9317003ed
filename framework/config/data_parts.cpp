// What a run reads, as the keys of the section "data" say it.
#include <filesystem>

#include "framework/config/config.h"

namespace tessera {
namespace {

/// "wiki" for data/wiki and for data/wiki/.
std::string last_part(const std::string& folder) {
  const std::filesystem::path path = std::filesystem::path(folder + "/").lexically_normal();
  const std::string name = path.parent_path().filename().string();
  return name.empty() ? folder : name;
}

}  // namespace

std::vector<DataSourceConfig> DataConfig::parts() const {
  std::vector<DataSourceConfig> list = sources;
  if (list.empty() && !shards.empty()) list.push_back({.shards = shards});
  for (DataSourceConfig& source : list) {
    if (source.name.empty()) source.name = last_part(source.shards);
    if (!source.validation) source.validation = validation;
  }
  return list;
}

bool DataConfig::holds_out() const {
  if (!validation_file.empty()) return true;
  if (sources.empty()) return validation > 0;
  for (const DataSourceConfig& source : parts())
    if (*source.validation > 0) return true;
  return false;
}

std::string DataConfig::place() const {
  std::string text = train;
  for (const DataSourceConfig& source : parts()) text += (text.empty() ? "" : ", ") + source.shards;
  return text;
}

}  // namespace tessera
