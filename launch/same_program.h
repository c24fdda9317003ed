// Ranks compute the same numbers only where they run the same code: the same build, the same oneDNN, kernels of the same
// instruction set. What a rank computes for itself alone, such as its gradients' norm, would else drift from the others'.
#pragma once

#include "framework/comm/communicator.h"
#include "framework/device/device.h"

namespace tessera {

/// SharedError on all ranks unless this holds, naming a rank that differs and what to do; `isa`: what this rank uses.
void require_same_program(World& world, const Device& device);

}  // namespace tessera
