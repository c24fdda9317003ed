// Whether the part files of a checkpoint that is being written hold what was written, found while older ones are there.
#pragma once

#include <filesystem>

#include "framework/checkpoint/manifest.h"

namespace tessera {

/// UserError naming the file, and the tensor if it is one, unless every part file that `share` lists reads back.
void require_reads_back(const std::filesystem::path& directory, const Manifest& share);

}  // namespace tessera
