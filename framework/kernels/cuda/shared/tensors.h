// Reading and writing the elements of tensors whose type is told when the kernel runs.
#pragma once

#include "framework/kernels/cuda/shared/element.h"
#include "framework/kernels/cuda/shared/gpu.h"

namespace tessera::cuda {

using gpu::Bf16;

__device__ inline float get_float(const GpuTensor& x, int64_t i) {
  return x.element == Element::f32 ? static_cast<const float*>(x.at)[i]
                                   : gpu::to_float(static_cast<const Bf16*>(x.at)[i]);
}
__device__ inline void set_float(const GpuTensor& x, int64_t i, float value) {
  if (x.element == Element::f32)
    static_cast<float*>(x.at)[i] = value;
  else
    static_cast<Bf16*>(x.at)[i] = gpu::to_bf16(value);
}

__device__ inline int64_t get_integer(const GpuTensor& x, int64_t i) {
  switch (x.element) {
    case Element::i32:
      return static_cast<const int32_t*>(x.at)[i];
    case Element::i64:
      return static_cast<const int64_t*>(x.at)[i];
    default:
      return static_cast<const uint8_t*>(x.at)[i];
  }
}
__device__ inline void set_integer(const GpuTensor& x, int64_t i, int64_t value) {
  switch (x.element) {
    case Element::i32:
      static_cast<int32_t*>(x.at)[i] = static_cast<int32_t>(value);
      return;
    case Element::i64:
      static_cast<int64_t*>(x.at)[i] = value;
      return;
    default:
      static_cast<uint8_t*>(x.at)[i] = value != 0;
  }
}

/// Elements [i, i + kVector) of a float tensor, in 16-byte accesses: i is a multiple of kVector.
__device__ inline void get_packed(const GpuTensor& x, int64_t i, float (&v)[kVector]) {
  if (x.element == Element::f32) {
    const auto* from = static_cast<const float*>(x.at) + i;
    const auto low = gpu::load_pack(from), high = gpu::load_pack(from + 4);
#pragma unroll
    for (int j = 0; j < 4; ++j) {
      v[j] = low.v[j];
      v[j + 4] = high.v[j];
    }
  } else {
    const auto pack = gpu::load_pack(static_cast<const Bf16*>(x.at) + i);
#pragma unroll
    for (int j = 0; j < kVector; ++j) v[j] = gpu::to_float(pack.v[j]);
  }
}
__device__ inline void set_packed(const GpuTensor& x, int64_t i, const float (&v)[kVector]) {
  if (x.element == Element::f32) {
    auto* to = static_cast<float*>(x.at) + i;
    gpu::store_pack(to, gpu::Pack<float>{{v[0], v[1], v[2], v[3]}});
    gpu::store_pack(to + 4, gpu::Pack<float>{{v[4], v[5], v[6], v[7]}});
  } else {
    gpu::Pack<Bf16> pack;
#pragma unroll
    for (int j = 0; j < kVector; ++j) pack.v[j] = gpu::to_bf16(v[j]);
    gpu::store_pack(static_cast<Bf16*>(x.at) + i, pack);
  }
}

/// Elements [i, i + count) of a float tensor, the rest of `v` being `rest`; `packed` allows 16-byte
/// accesses where count is kVector.
__device__ inline void get_floats(const GpuTensor& x, int64_t i, int count, bool packed,
                                  float (&v)[kVector], float rest = 0) {
  if (packed && count == kVector) return get_packed(x, i, v);
#pragma unroll
  for (int j = 0; j < kVector; ++j) v[j] = j < count ? get_float(x, i + j) : rest;
}
__device__ inline void set_floats(const GpuTensor& x, int64_t i, int count, bool packed,
                                  const float (&v)[kVector]) {
  if (packed && count == kVector) return set_packed(x, i, v);
#pragma unroll
  for (int j = 0; j < kVector; ++j)
    if (j < count) set_float(x, i + j, v[j]);
}

/// What is left of a row of n elements from element i on, at most one vector.
__device__ inline int vector_count(int64_t i, int64_t n) {
  return n - i < kVector ? static_cast<int>(n - i) : kVector;
}

}  // namespace tessera::cuda
