// A Config as text: the YAML file that gives an equal Config, and one table for the head of a run.
#pragma once

#include <string>

#include "framework/config/config.h"

namespace tessera {

/// Every key with its value, as YAML from which parse_config makes an equal Config. It is saved
/// beside each checkpoint.
std::string to_yaml(const Config& config);

/// One row per section with `key=value` pairs, wrapped at 100 columns; `auto` is followed by what
/// it stands for. Keys that the model does not read are left out.
std::string effective_table(const Config& config);

}  // namespace tessera
