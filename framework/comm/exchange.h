// Carries out a whole collective where all ranks' buffers can be reached: for ranks in one process,
// and for groups of one.
#pragma once

#include <span>
#include <string>

#include "framework/comm/communicator.h"

namespace tessera {

/// Says what differs between the ranks' calls and must not; empty when the calls agree. `calls` is
/// in the order of the ranks.
std::string disagreement(std::span<const Collective> calls);

/// Carries out the collective for all ranks; `calls` is in their order.
void exchange(std::span<const Collective> calls);

}  // namespace tessera
