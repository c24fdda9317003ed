// Which checkpoint the ranks of a run go on from: one answer for all of them, found together.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "framework/comm/communicator.h"

namespace tessera {

/// The newest checkpoint of `folder` that all ranks find whole, the same on all of them; rank 0
/// lists the folder, and every rank reads its share of the bytes. `report` gets one line for each
/// newer checkpoint that is not whole, with the rank that found it so. Without a world this is
/// latest_good_checkpoint.
std::optional<std::filesystem::path> agreed_checkpoint(const std::filesystem::path& folder,
                                                       World* world,
                                                       std::vector<std::string>& report);

}  // namespace tessera
