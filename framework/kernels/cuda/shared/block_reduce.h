// Sums and maxima over the threads of a block. Every thread gets the result, and the order of the
// operations depends on the size of the block alone.
#pragma once

#include "framework/kernels/cuda/shared/gpu.h"

namespace tessera::cuda {

/// One value of each warp of a block.
struct WarpParts {
  float of[32];
};

struct Sum {
  __device__ float operator()(float a, float b) const { return a + b; }
};
/// The larger number, or NaN if there is one.
struct Largest {
  __device__ float operator()(float a, float b) const { return a < b || b != b ? b : a; }
};

template <class Op>
__device__ float warp_reduce(float x, Op op) {
#pragma unroll
  for (int d = gpu::kWarp / 2; d > 0; d /= 2) x = op(x, gpu::shuffle_xor(x, d));
  return x;
}

/// All threads of the block call this. `parts` may be used again by the next call.
template <class Op>
__device__ float block_reduce(float x, Op op, WarpParts& parts) {
  x = warp_reduce(x, op);
  const int warps = gpu::block_threads() / gpu::kWarp;
  if (warps == 1) return x;
  // The parts before these have been read.
  if (!TESSERA_PLANT(reduce_overwrites)) gpu::barrier();
  if (gpu::thread_index() % gpu::kWarp == 0) parts.of[gpu::thread_index() / gpu::kWarp] = x;
  const bool skipped = TESSERA_PLANT(reduce_reads_early) ||
                       (TESSERA_PLANT(reduce_half_waits) && gpu::thread_index() < gpu::kWarp);
  if (!skipped) gpu::barrier();
  float all = parts.of[0];
  for (int w = 1; w < warps; ++w) all = op(all, parts.of[w]);
  return all;
}

}  // namespace tessera::cuda
