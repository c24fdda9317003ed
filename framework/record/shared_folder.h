// Checks that all ranks see one folder. All of them write a checkpoint into one directory: a folder
// that is not shared would, if found only at the first save, cost the run all its work.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "framework/comm/communicator.h"

namespace tessera {

/// Rank 0 leaves a word in `folder`, and every rank must find it there; some network file systems
/// show new files late, so each rank looks for `patience`. Otherwise all ranks throw a SharedError
/// that names a host, the folder and `key`, its setting.
void require_shared(World& world, const std::filesystem::path& folder, const std::string& key,
                    std::chrono::milliseconds patience = std::chrono::seconds(10));

}  // namespace tessera
