// Errors of the CUDA runtime as errors of Tessera, with what the user can do about them.
#pragma once

#include <cuda_runtime_api.h>

namespace tessera::cuda {

/// Throws when `status` is an error: UserError when the machine or its setting is at fault,
/// InternalError when a call or a kernel of ours is. `doing` says what was being done, such as
/// "copying to the card".
void check_cuda(cudaError_t status, const char* doing);

/// What the user can do about `status`; empty when Tessera is at fault.
const char* remedy_for(cudaError_t status);

}  // namespace tessera::cuda
