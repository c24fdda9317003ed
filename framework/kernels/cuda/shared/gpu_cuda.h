// CUDA's meaning of the names that kernels use; see gpu.h, which includes this file.
#pragma once

#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include <cstring>

#include "framework/kernels/cuda/shared/gpu.h"
#include "framework/kernels/cuda/shared/launch_error.h"

/// False: deliberate mistakes are for tests of the tests.
#define TESSERA_PLANT(name) false

/// A function that is called rather than copied to where it is used: it is long and used often.
#define TESSERA_GPU_APART __noinline__

/// Ends the launch, in a kernel that meets a bad index: CUDA prints `text` and its next calls give
/// cudaErrorAssert. Not assert(), which is nothing in a release build.
#define TESSERA_GPU_REQUIRE(condition, text) \
  if (!(condition)) __assert_fail(text, __FILE__, __LINE__, __func__)

namespace tessera::gpu {

__device__ inline int thread_index() { return static_cast<int>(threadIdx.x); }
__device__ inline int block_threads() { return static_cast<int>(blockDim.x); }
__device__ inline int64_t block_index() { return blockIdx.x; }
__device__ inline int64_t grid_blocks() { return gridDim.x; }

/// All threads of the block meet, and see what the others wrote before.
__device__ inline void barrier() { __syncthreads(); }

/// What another lane of the warp holds. Exchanges order no memory.
template <class T>
__device__ T shuffle_xor(T x, int mask) {
  return __shfl_xor_sync(~0U, x, mask);
}
/// What the lane `delta` below holds; the lowest `delta` lanes get their own.
template <class T>
__device__ T shuffle_up(T x, int delta) {
  return __shfl_up_sync(~0U, x, static_cast<unsigned>(delta));
}
template <class T>
__device__ T shuffle_from(T x, int lane) {
  return __shfl_sync(~0U, x, lane);
}
/// A bit for each lane of the warp.
__device__ inline uint32_t ballot(bool x) { return __ballot_sync(~0U, x); }

template <class S>
__device__ S* shared_memory() {
  extern __shared__ __align__(128) unsigned char raw[];
  return reinterpret_cast<S*>(raw);
}

__device__ inline float to_float(Bf16 x) {
  return __uint_as_float(static_cast<uint32_t>(x.bits) << 16);
}
__device__ inline Bf16 to_bf16(float x) { return {__bfloat16_as_ushort(__float2bfloat16_rn(x))}; }

// In memory of the device, not of a block. The store is an instruction of its own: plain ones may
// be taken apart.
template <class T>
__device__ Pack<T> load_pack(const T* from) {
  const uint4 words = *reinterpret_cast<const uint4*>(from);
  Pack<T> x;
  memcpy(&x, &words, sizeof x);
  return x;
}
template <class T>
__device__ void store_pack(T* to, const Pack<T>& x) {
  uint4 words;
  memcpy(&words, &x, sizeof x);
  __stwb(reinterpret_cast<uint4*>(to), words);
}

__device__ inline uint32_t shared_address(const void* at) {
  return static_cast<uint32_t>(__cvta_generic_to_shared(at));
}

/// d += a b for matrices of 16 x 16 and 16 x 8 bf16 numbers, shared out over a warp as the manual
/// of PTX says (mma.m16n8k16).
__device__ inline void multiply_add(float (&d)[4], const uint32_t (&a)[4], uint32_t b0,
                                    uint32_t b1) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
      "{%0,%1,%2,%3},{%4,%5,%6,%7},{%8,%9},{%0,%1,%2,%3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

/// Four matrices of 8 x 8 bf16 numbers from shared memory: lane l gives the address of row l % 8 of
/// matrix l / 8, and gets two neighbours of row l / 4 of each; transposed, of column l / 4.
__device__ inline void load_matrices(uint32_t (&r)[4], const Bf16* row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3},[%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(shared_address(row))
               : "memory");
}
__device__ inline void load_transposed(uint32_t (&r)[4], const Bf16* row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3},[%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(shared_address(row))
               : "memory");
}

/// Two numbers as bf16, the first in the lower half.
__device__ inline uint32_t two_bf16(float low, float high) {
  return to_bf16(low).bits | static_cast<uint32_t>(to_bf16(high).bits) << 16;
}

// Arithmetic whose rounding is as written here: never fused, never approximate.
__device__ inline float fused(float a, float b, float c) { return __fmaf_rn(a, b, c); }
__device__ inline float product(float a, float b) { return __fmul_rn(a, b); }
__device__ inline float plus(float a, float b) { return __fadd_rn(a, b); }
__device__ inline float quotient(float a, float b) { return __fdiv_rn(a, b); }
__device__ inline float root(float x) { return __fsqrt_rn(x); }
__device__ inline float float_of(uint32_t bits) { return __uint_as_float(bits); }
__device__ inline uint32_t bits_of(float x) { return __float_as_uint(x); }

/// How many bits are set.
__device__ inline int population(uint32_t bits) { return __popc(bits); }

/// Puts the kernel on the stream. Throws what launch_failed throws when CUDA refuses it.
template <class... P, class... A>
void launch(const Launch& on, void (*kernel)(P...), const A&... args) {
  if (on.blocks == 0) return;
  if (on.blocks < 0 || on.blocks > INT32_MAX) launch_failed(on.name, "it has too many blocks");
  if (on.shared_bytes > kModestShared) {  // has to be asked for
    const auto bytes = static_cast<int>(on.shared_bytes);
    if (const cudaError_t error =
            cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes);
        error != cudaSuccess)
      launch_failed(on.name, cudaGetErrorString(error));
  }
  kernel<<<static_cast<unsigned>(on.blocks), static_cast<unsigned>(on.threads), on.shared_bytes,
           static_cast<cudaStream_t>(on.stream)>>>(P(args)...);
  if (const cudaError_t error = cudaGetLastError(); error != cudaSuccess)
    launch_failed(on.name, cudaGetErrorString(error));
}

}  // namespace tessera::gpu
