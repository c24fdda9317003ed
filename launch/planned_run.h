// The run that `tessera plan` plans: that of a config, of a run or checkpoint that is there
// already, or one that begins with a model of another program.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "framework/config/config.h"

namespace tessera {

struct PlannedRun {
  Config config;
  int64_t vocab = 0;     // stands in for model.vocab: auto
  std::string supposed;  // where the config comes from; empty where the user named it itself
};

/// Finds what the user named; `sets` are overrides of config keys. Throws UserError when there is
/// no such thing.
PlannedRun planned_run(const std::string& named, std::span<const std::string> sets);

}  // namespace tessera
