// How many threads work on a row.
#pragma once

#include "framework/kernels/cuda/shared/element.h"
#include "framework/kernels/cuda/shared/launch.h"

namespace tessera::cuda {

/// Threads that suit rows of this length.
constexpr int threads_of_row(int64_t n) {
  int threads = gpu::kWarp;
  while (threads < 256 && threads * int64_t{kVector} < n) threads += gpu::kWarp;
  return threads;
}

}  // namespace tessera::cuda
