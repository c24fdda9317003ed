// Ranks compute the same numbers only when they run the same code: the same build, the same oneDNN,
// and kernels of the same instruction set. Otherwise the values that each rank computes for itself,
// such as the norm of the gradients, would drift apart.
#pragma once

#include "framework/comm/communicator.h"
#include "framework/device/device.h"

namespace tessera {

/// Throws SharedError on all ranks unless they run the same code. The message names a rank that
/// differs and says what to do. `device` is the device of this rank.
void require_same_program(World& world, const Device& device);

}  // namespace tessera
