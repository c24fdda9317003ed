// Ranks compute the same numbers only where they run the same code: the same build, the same oneDNN, kernels of the same
// instruction set. Otherwise what each rank computes for itself, such as the norm of the gradients, would drift apart.
#pragma once

#include "framework/comm/communicator.h"
#include "framework/device/device.h"

namespace tessera {

/// Throws a SharedError on all ranks unless they run the same code. It names a rank that differs and what to do. `device` is the
/// one that this rank computes on.
void require_same_program(World& world, const Device& device);

}  // namespace tessera
