// Keys whose value is a list of texts: `[a, b]` or one item a line, and a single text without
// brackets.
#pragma once

#include <string>
#include <vector>

#include "framework/config/value.h"
#include "framework/config/yaml.h"

namespace tessera {

/// Sets `out` to the texts of a list, unless something is wrong with it.
Complaint read_texts(const YamlNode& list, std::vector<std::string>& out);

}  // namespace tessera
