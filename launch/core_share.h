// How many threads a rank starts. The number follows from the cores that each rank of the host may
// run on. It holds whether or not the launcher has bound the ranks, and whether or not they run in
// a container that has only a part of the machine.
#pragma once

#include <bitset>
#include <span>
#include <vector>

#include "framework/comm/communicator.h"

namespace tessera {

/// A set of cores, as the kernel numbers them.
using CoreSet = std::bitset<1024>;

/// The cores that this process may run on.
CoreSet allowed_cores();
/// The cores that each rank may run on, in the order of the ranks. All ranks must call this
/// function together.
std::vector<CoreSet> allowed_cores(World& world);

/// How many cores a rank has when each core is divided evenly among the ranks that may run on it;
/// at least one. `host` holds the sets of all ranks of one host, and host[mine] is the set of this
/// rank.
int core_share(std::span<const CoreSet> host, size_t mine);

}  // namespace tessera
