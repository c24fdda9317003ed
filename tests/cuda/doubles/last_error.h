// The runtime's last error, as each thread keeps it.
#pragma once

#include <cuda_runtime_api.h>

namespace tessera::doubles {

/// Returns `status`, and keeps it for cudaGetLastError when it is an error.
cudaError_t remember(cudaError_t status);

}  // namespace tessera::doubles
