// How many threads a rank starts. It follows from the cores that each rank of its host may run on, whether the launcher has
// bound the ranks or not, and whether they stand in a container that has a part of the machine or not.
#pragma once

#include <bitset>
#include <span>
#include <vector>

#include "framework/comm/communicator.h"

namespace tessera {

/// A set of cores, by the numbers that the kernel gives them.
using CoreSet = std::bitset<1024>;

/// The cores that this process may run on.
CoreSet allowed_cores();
/// The cores that each rank may run on, in the order of the ranks. All ranks call it together.
std::vector<CoreSet> allowed_cores(World& world);

/// How many cores a rank has when each core is divided evenly by the ranks that may run on it; one at least. `host` holds the
/// sets of all ranks of one host, and `mine` is the place of this rank's set there.
int core_share(std::span<const CoreSet> host, size_t mine);

}  // namespace tessera
