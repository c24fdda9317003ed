#include "framework/kernels/cuda/shared/launch_error.h"

#include "framework/core/error.h"

namespace tessera {

void gpu::launch_failed(const char* kernel, const char* why) {
  user_error("CUDA does not start kernel {}: {}", kernel, why);
}

}  // namespace tessera
