// The config of a run. Where it begins with the weights of another model (init.from), the keys of
// the model are taken from there, and those that it states itself must agree.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "framework/config/config.h"

namespace tessera {

/// `sets` and before them the keys of the model of init.from, where the config takes them from there.
std::vector<std::string> sets_with_start(const std::string& path,
                                         std::span<const std::string> sets);

/// Reads a config as load_named_config does, with the model of init.from.
Config load_run_config(const std::string& path, std::span<const std::string> sets = {});

/// The config of a run that begins with this model of another program and of which nothing else is
/// known but `sets`: a classifier's task is kept, a model without a head gets one for two labels,
/// and sequences have 1024 tokens or the fewer of the model's context.
Config config_begun_with(const std::string& named, std::span<const std::string> sets);

}  // namespace tessera
