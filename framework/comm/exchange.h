// Does a whole collective where all ranks' buffers can be reached: for ranks in one process, and for groups of one.
#pragma once

#include <span>
#include <string>

#include "framework/comm/communicator.h"

namespace tessera {

/// What differs between the ranks' calls and must not; empty when they agree. In the order of the ranks.
std::string disagreement(std::span<const Collective> calls);

/// Does it for all of them.
void exchange(std::span<const Collective> calls);

}  // namespace tessera
