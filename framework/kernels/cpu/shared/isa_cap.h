// The instruction set that the kernels of this process are held down to (`device.isa`). There is
// one per process, since oneDNN takes a cap once and only before it is used. Whatever a profile's
// `isa` chooses (Highway's targets, own products) follows the profile alone; this cap is for what
// no profile reaches.
#pragma once

#include "framework/core/device_profile.h"

namespace tessera::cpu {

/// Holds oneDNN and our own code to `isa`, before any kernel is prepared. A second call with the
/// same `isa` changes nothing; one with another `isa` is a UserError; a call when oneDNN is already
/// in use is an InternalError.
void hold_process_to(Isa isa);

extern bool stores_bf16_by_instruction;  // written by hold_process_to alone

/// Whether f32 is rounded to bf16 by the processor's own instruction: the processor has one, and
/// the process may use it.
inline bool has_bf16_instructions() { return stores_bf16_by_instruction; }

}  // namespace tessera::cpu
