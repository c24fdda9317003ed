// What the source of a kernel (*.cu) may use beside plain C++20: threads and blocks, barriers,
// exchanges within a warp, shared memory, 16-byte packs, bf16, exact arithmetic and launches. nvcc
// gives these names CUDA's meaning (gpu_cuda.h); TESSERA_GPU_MEANING names a header that gives them
// another one, so that g++ compiles the same kernels.
//
// Rules for kernels:
// - A kernel is a `__global__` function that plain C++20 can parse: no `<<< >>>`, no `asm`, no
//   `__shared__`, no header of CUDA's. A .cu file includes nothing that includes fmt.
// - Shared memory is one struct, or an array of floats, taken once: gpu::shared_memory<S>().
// - Blocks are multiples of 32 threads. Functions of a warp are called by all of its lanes. There
//   is no early return before a barrier, and all threads of a block meet at the same one.
// - Nothing relies on lock step, on zeroed memory or on the order of blocks. What blocks exchange
//   goes through the end of the kernel. Floats are never added atomically: the bits would differ
//   from run to run.
// - 16-byte accesses of the device's memory are load_pack and store_pack; there is no memcpy, no
//   memset and no pointer to another thread's variables.
// - Sizes and pointers are arguments, in 64 bits.
#pragma once

#include <cstddef>
#include <cstdint>

#include "framework/kernels/cuda/shared/launch.h"

namespace tessera::gpu {

template <class T>
struct alignas(16) Pack {
  T v[16 / sizeof(T)];
};

}  // namespace tessera::gpu

#ifdef TESSERA_GPU_MEANING
#include TESSERA_GPU_MEANING
#else
#include "framework/kernels/cuda/shared/gpu_cuda.h"
#endif
