// How many threads a rank starts, from the cores that each rank of its host may run on: bound by the launcher or not,
// inside a container's part of the machine or not.
#pragma once

#include <bitset>
#include <span>
#include <vector>

#include "framework/comm/communicator.h"

namespace tessera {

/// Cores by the kernel's number.
using CoreSet = std::bitset<1024>;

/// What this process may run on.
CoreSet allowed_cores();
/// The same of every rank, in their order. Called by all ranks together.
std::vector<CoreSet> allowed_cores(World& world);

/// The part of a rank's own cores that it has when each core is divided evenly by the ranks that may run on it; one at
/// least. `host`: the sets of all ranks of one host, `mine` this one's place there.
int core_share(std::span<const CoreSet> host, size_t mine);

}  // namespace tessera
