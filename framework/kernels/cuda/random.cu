#include "framework/kernels/cuda/random.h"
#include "framework/kernels/cuda/shared/exact_math.h"
#include "framework/kernels/cuda/shared/philox.h"
#include "framework/kernels/cuda/shared/tensors.h"

namespace tessera::cuda {
namespace {

constexpr int kThreads = 256;

/// Where element i of a part lies in the whole, or -1 where that ends before it.
__device__ int64_t place_of(const Placement& places, int64_t i) {
  int64_t at = places.first;
  bool inside = true;
#pragma unroll
  for (int d = kMostDims - 1; d > 0; --d) {
    if (d >= places.dims.rank) continue;
    const int64_t above = i / places.dims.sizes[d], index = i - above * places.dims.sizes[d];
    at += index * places.dims.strides[0][d];
    inside = inside && index < places.room[d];
    i = above;
  }
  return inside && i < places.room[0] ? at + i * places.dims.strides[0][0] : -1;
}

__device__ int64_t integer_at(const void* at, bool wide) {
  return wide ? *static_cast<const int64_t*>(at) : *static_cast<const int32_t*>(at);
}

__global__ void __launch_bounds__(kThreads) dropout(DropoutTask task) {
  const int64_t first = (gpu::block_index() * kThreads + gpu::thread_index()) * kVector;
  if (first >= task.count) return;
  const int count = vector_count(first, task.count);
  const auto step = static_cast<uint64_t>(integer_at(task.step, task.wide_step));
  const int64_t begin = task.part ? integer_at(task.part, task.wide_part) * task.whole : 0;
  float v[kVector];
  get_floats(task.x, first, count, true, v);
  uint64_t drawn = ~uint64_t{0};
  uint32_t words[4] = {};
#pragma unroll
  for (int j = 0; j < kVector; ++j) {
    if (j >= count) break;
    const auto place = static_cast<uint64_t>(begin + place_of(task.places, first + j));
    if (place / 4 != drawn) philox_block(task.key, step, drawn = place / 4, words);
    const uint64_t at = place % 4;
    const uint32_t word = at == 0 ? words[0] : at == 1 ? words[1] : at == 2 ? words[2] : words[3];
    v[j] = word < task.threshold ? 0 : v[j] * task.scale;
  }
  set_floats(task.y, first, count, true, v);
}

/// The upper 24 bits of a word, plus `plus`, over 2^24.
__device__ float fraction(uint32_t word, uint32_t plus) {
  return gpu::product(static_cast<float>((word >> 8) + plus), 0x1p-24F);
}

__global__ void __launch_bounds__(kThreads) random_normal(NormalTask task) {
  const int64_t i = gpu::block_index() * kThreads + gpu::thread_index();
  if (i >= task.count) return;
  const int64_t place = place_of(task.places, i);
  float value = 0;
  if (place >= 0) {
    uint32_t words[4];
    philox_block(task.key, 0, static_cast<uint64_t>(place) / 4, words);
    const bool second = place % 4 >= 2;
    const float u = fraction(second ? words[2] : words[0], 1),
                v = fraction(second ? words[3] : words[1], 0);
    const float r = gpu::product(task.deviation, gpu::root(gpu::product(-2, exact_log(u))));
    const float angle = gpu::product(v, 6.283185307179586F);
    value = gpu::product(r, place % 2 == 0 ? exact_cos(angle) : exact_sin(angle));
  }
  task.out[i] = value;
}

}  // namespace

void run_dropout(gpu::StreamHandle stream, const DropoutTask& task) {
  constexpr int64_t kBlock = int64_t{kThreads} * kVector;
  gpu::launch({"dropout", stream, (task.count + kBlock - 1) / kBlock, kThreads}, dropout, task);
}

void run_random_normal(gpu::StreamHandle stream, const NormalTask& task) {
  gpu::launch({"random_normal", stream, (task.count + kThreads - 1) / kThreads, kThreads},
              random_normal, task);
}

}  // namespace tessera::cuda
