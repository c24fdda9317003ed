// Whether all ranks see one folder. A checkpoint is written by all of them into one directory: found missing only at the
// first save, that would cost the run all its work.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "framework/comm/communicator.h"

namespace tessera {

/// Rank 0 leaves a word in `folder`, and every rank must find it there; some network file systems show new files late, so
/// each looks for `patience`. Otherwise a SharedError on all ranks, which names a host, the folder and `key`, its setting.
void require_shared(World& world, const std::filesystem::path& folder, const std::string& key,
                    std::chrono::milliseconds patience = std::chrono::seconds(10));

}  // namespace tessera
