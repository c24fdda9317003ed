// The device's side of kernels in which a block works on a row.
#pragma once

#include "framework/kernels/cuda/shared/block_reduce.h"
#include "framework/kernels/cuda/shared/tensors.h"

namespace tessera::cuda {

/// A row of n elements in which element i lies at start + i · step. Rows with step 1 whose lengths
/// are multiples of kVector are read and written 16 bytes at a time.
struct Row {
  int64_t start, n, step;

  __device__ bool packed() const { return step == 1 && n % kVector == 0; }
  __device__ int count(int64_t i) const { return vector_count(i, n); }
  __device__ void get(const GpuTensor& x, int64_t i, float (&v)[kVector], float rest = 0) const {
    if (step == 1) return get_floats(x, start + i, count(i), packed(), v, rest);
#pragma unroll
    for (int j = 0; j < kVector; ++j)
      v[j] = j < count(i) ? get_float(x, start + (i + j) * step) : rest;
  }
  __device__ void set(const GpuTensor& x, int64_t i, const float (&v)[kVector]) const {
    if (step == 1) return set_floats(x, start + i, count(i), packed(), v);
#pragma unroll
    for (int j = 0; j < kVector; ++j)
      if (j < count(i)) set_float(x, start + (i + j) * step, v[j]);
  }
};

/// Calls f(i) for the first element i of each vector that is this thread's.
template <class F>
__device__ void each_vector(int64_t n, F f) {
  for (int64_t i = int64_t{gpu::thread_index()} * kVector; i < n;
       i += int64_t{gpu::block_threads()} * kVector)
    f(i);
}

/// The logarithm of the sum of e^x over a row, and its parts: the largest element and the sum of
/// e^(x - largest).
struct LogSum {
  float largest, sum;
  __device__ float value() const { return largest + logf(sum); }
};

/// The sum is brought to a new maximum whenever a thread meets one, so x is read once. Rows whose
/// elements are all -inf have the sum 0.
__device__ inline LogSum log_sum(const GpuTensor& x, const Row& row, WarpParts& parts) {
  float largest = -INFINITY, sum = 0;
  each_vector(row.n, [&](int64_t i) {
    float v[kVector];
    row.get(x, i, v, -INFINITY);
    float high = largest;
#pragma unroll
    for (int j = 0; j < kVector; ++j) high = Largest()(high, v[j]);
    if (high == -INFINITY) return;
    sum *= expf(largest - high);
    largest = high;
#pragma unroll
    for (int j = 0; j < kVector; ++j) sum += expf(v[j] - high);
  });
  const float highest = block_reduce(largest, Largest(), parts);
  // While all elements are -inf, the difference would be NaN.
  sum = largest == -INFINITY ? 0 : sum * expf(largest - highest);
  return {highest, block_reduce(sum, Sum(), parts)};
}

}  // namespace tessera::cuda
