// Checks that the part files of a checkpoint hold what was written, while older checkpoints are
// still there.
#pragma once

#include <filesystem>

#include "framework/checkpoint/manifest.h"

namespace tessera {

/// Throws UserError naming the file, and the tensor if one differs, unless every part file that
/// `share` lists reads back.
void require_reads_back(const std::filesystem::path& directory, const Manifest& share);

}  // namespace tessera
