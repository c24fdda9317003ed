// data.sources: a list of maps, one for each folder of token shards that a run mixes. Its keys are
// listed in fields.h.
#pragma once

#include <vector>

#include "framework/config/field.h"
#include "framework/config/yaml.h"

namespace tessera {

/// Sets `out` to the sources in a list of maps, unless something is wrong with it.
Complaint read_sources(const YamlNode& list, std::vector<DataSourceConfig>& out);

/// The keys of a source, bound to defaults: for those who document them.
std::vector<Field> source_fields();

}  // namespace tessera
