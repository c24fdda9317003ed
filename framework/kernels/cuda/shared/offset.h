// The device's side of strides.h.
#pragma once

#include "framework/kernels/cuda/shared/gpu.h"
#include "framework/kernels/cuda/shared/strides.h"

namespace tessera::cuda {

template <class Index>
__device__ int64_t offset_by(const StridedDims& dims, int operand, Index i) {
  int64_t offset = 0;
#pragma unroll
  for (int d = kMostDims - 1; d > 0; --d) {
    if (d >= dims.rank) continue;
    const auto size = static_cast<Index>(dims.sizes[d]);
    const Index above = i / size;
    offset += static_cast<int64_t>(i - above * size) * dims.strides[operand][d];
    i = above;
  }
  return offset + static_cast<int64_t>(i) * dims.strides[operand][0];
}

/// Where element i of the dims lies in an operand. Divisions of 32 bits are a fifth as long.
__device__ inline int64_t offset_of(const StridedDims& dims, int operand, int64_t i) {
  if (dims.rank == 1) return i * dims.strides[operand][0];
  if (i <= UINT32_MAX) return offset_by(dims, operand, static_cast<uint32_t>(i));
  return offset_by(dims, operand, static_cast<uint64_t>(i));
}

}  // namespace tessera::cuda
