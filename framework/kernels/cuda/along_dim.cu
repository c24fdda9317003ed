#include "framework/kernels/cuda/along_dim.h"
#include "framework/kernels/cuda/shared/block_reduce.h"
#include "framework/kernels/cuda/shared/tensors.h"

namespace tessera::cuda {
namespace {

constexpr int kThreads = 256, kWarps = kThreads / gpu::kWarp;

__device__ float get(const GpuTensor& x, int64_t i, float) { return get_float(x, i); }
__device__ int64_t get(const GpuTensor& x, int64_t i, int64_t) { return get_integer(x, i); }
__device__ void set(const GpuTensor& x, int64_t i, float value) { set_float(x, i, value); }
__device__ void set(const GpuTensor& x, int64_t i, int64_t value) { set_integer(x, i, value); }

__device__ int64_t start_of(const LineTask& task, int64_t line) {
  return line / task.inner * task.size * task.inner + line % task.inner;
}

/// A warp for each line: running sums of 32 elements by shuffles, then the next 32.
template <class T>
__global__ void __launch_bounds__(kThreads) cumsum(LineTask task) {
  const int lane = gpu::thread_index() % gpu::kWarp;
  const int64_t line = gpu::block_index() * kWarps + gpu::thread_index() / gpu::kWarp;
  if (line >= task.lines) return;  // whole warps
  const int64_t start = start_of(task, line);
  T before = 0;
  for (int64_t from = 0; from < task.size; from += gpu::kWarp) {
    const int64_t s = from + lane;
    const int64_t at = start + (task.reverse ? task.size - 1 - s : s) * task.inner;
    T sum = s < task.size ? get(task.x, at, T{}) : 0;
#pragma unroll
    for (int d = 1; d < gpu::kWarp; d *= 2) {
      const T below = gpu::shuffle_up(sum, d);
      if (lane >= d) sum += below;
    }
    sum += before;
    if (s < task.size) set(task.y, at, sum);
    before = gpu::shuffle_from(sum, gpu::kWarp - 1);
  }
}

/// An element and its index: the one that comes first in falling order, NaN before all others and
/// among equals the smaller index. An index of -1 is none.
template <class T>
struct Best {
  T value;
  int64_t index;

  __device__ bool before(const Best& other) const {
    if (index < 0 || other.index < 0) return other.index < 0 && index >= 0;
    const bool nan = value != value, other_nan = other.value != other.value;
    if (nan != other_nan) return nan;
    if (!nan && value != other.value) return value > other.value;
    return index < other.index;
  }
};

template <class T>
__device__ Best<T> best_of_warp(Best<T> best) {
#pragma unroll
  for (int d = gpu::kWarp / 2; d > 0; d /= 2) {
    const Best<T> other{gpu::shuffle_xor(best.value, d), gpu::shuffle_xor(best.index, d)};
    if (other.before(best)) best = other;
  }
  return best;
}

/// A warp for each line.
template <class T>
__global__ void __launch_bounds__(kThreads) argmax(LineTask task) {
  const int lane = gpu::thread_index() % gpu::kWarp;
  const int64_t line = gpu::block_index() * kWarps + gpu::thread_index() / gpu::kWarp;
  if (line >= task.lines) return;  // whole warps
  const int64_t start = start_of(task, line);
  Best<T> best{0, -1};
  for (int64_t s = lane; s < task.size; s += gpu::kWarp) {
    const Best<T> other{get(task.x, start + s * task.inner, T{}), s};
    if (other.before(best)) best = other;
  }
  best = best_of_warp(best);
  if (lane == 0) task.indices[line] = static_cast<int32_t>(best.index);
}

template <class T>
struct TopShared {
  Best<T> of[kWarps];
};

/// A block for each line: k times the best of what comes after the last.
template <class T>
__global__ void __launch_bounds__(kThreads) top_k(LineTask task) {
  auto& shared = *gpu::shared_memory<TopShared<T>>();
  const int me = gpu::thread_index();
  const int64_t line = gpu::block_index(), start = line * task.size;
  Best<T> last{0, -1};
  for (int64_t i = 0; i < task.k; ++i) {
    Best<T> best{0, -1};
    for (int64_t s = me; s < task.size; s += kThreads) {
      const Best<T> other{get(task.x, start + s, T{}), s};
      if ((i == 0 || last.before(other)) && other.before(best)) best = other;
    }
    best = best_of_warp(best);
    gpu::barrier();  // the bests of the round before have been read
    if (me % gpu::kWarp == 0) shared.of[me / gpu::kWarp] = best;
    gpu::barrier();
    last = shared.of[0];
    for (int w = 1; w < kWarps; ++w)
      if (shared.of[w].before(last)) last = shared.of[w];
    if (me == 0) {
      set(task.y, line * task.k + i, last.value);
      task.indices[line * task.k + i] = static_cast<int32_t>(last.index);
    }
  }
}

bool floats(const LineTask& task) {
  return task.x.element == Element::f32 || task.x.element == Element::bf16;
}

gpu::Launch warps(const char* name, gpu::StreamHandle stream, const LineTask& task) {
  return {name, stream, (task.lines + kWarps - 1) / kWarps, kThreads};
}

}  // namespace

void run_cumsum(gpu::StreamHandle stream, const LineTask& task) {
  gpu::launch(warps("cumsum", stream, task), floats(task) ? cumsum<float> : cumsum<int64_t>, task);
}

void run_argmax(gpu::StreamHandle stream, const LineTask& task) {
  gpu::launch(warps("argmax", stream, task), floats(task) ? argmax<float> : argmax<int64_t>, task);
}

void run_top_k(gpu::StreamHandle stream, const LineTask& task) {
  if (floats(task))
    gpu::launch({"top_k", stream, task.lines, kThreads, sizeof(TopShared<float>)}, top_k<float>,
                task);
  else
    gpu::launch({"top_k", stream, task.lines, kThreads, sizeof(TopShared<int64_t>)}, top_k<int64_t>,
                task);
}

}  // namespace tessera::cuda
