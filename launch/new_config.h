// What `tessera new` writes: the YAML file of a run, with a comment on whatever was chosen.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "framework/config/config.h"

namespace tessera {

/// The keys of `config` that are not at their defaults or that `comments` names, section by
/// section; `comments` are by key ("batch.sequences") or section ("batch"), and of one line each.
std::string commented_yaml(const Config& config, const std::map<std::string, std::string>& comments,
                           const std::vector<std::string>& head);

}  // namespace tessera
