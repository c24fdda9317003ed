// What a user names to go on from: a config (its newest good checkpoint), a
// run's folder, a folder of checkpoints, or one checkpoint. `eval` and
// `generate` take all of them.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "framework/config/config.h"

namespace tessera {

struct CheckpointSource {
  Config config;
  std::filesystem::path checkpoint;
};

/// UserError when there is no good checkpoint, saying what was looked at.
CheckpointSource find_checkpoint(const std::string& named, std::span<const std::string> sets);

}  // namespace tessera
