// The checkpoint whose weights a new run begins with: init.from.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "framework/checkpoint/checkpoint_reader.h"
#include "framework/comm/communicator.h"
#include "framework/config/config.h"

namespace tessera {

/// Opens what config.init.from names: a checkpoint, under whatever name, or the newest good one in
/// a folder of checkpoints or in the folder of a run. All ranks of a mesh open the same one.
/// `report` gets a line for each damaged checkpoint passed over. Throws UserError when there is
/// none, or the one that was named is damaged.
std::unique_ptr<CheckpointReader> open_start(const Config& config, World* world,
                                             std::vector<std::string>& report);

}  // namespace tessera
