#include "framework/kernels/cuda/indexing.h"
#include "framework/kernels/cuda/shared/tensors.h"

namespace tessera::cuda {
namespace {

constexpr int kThreads = 256;

__device__ int64_t thread_number() { return gpu::block_index() * kThreads + gpu::thread_index(); }

/// Which list of indices entry o of the outer dims has.
__device__ int64_t list_of(const IndexTask& task, int64_t o) { return o * task.lists / task.outer; }

/// A thread moves an element of the result [outer, taken, inner].
template <class T>
__global__ void __launch_bounds__(kThreads) gather(IndexTask task) {
  const int64_t i = thread_number();
  if (i >= task.outer * task.taken * task.inner) return;
  const int64_t inner = i % task.inner, j = i / task.inner % task.taken,
                o = i / task.inner / task.taken;
  const int64_t index = task.indices[list_of(task, o) * task.taken + j];
  TESSERA_GPU_REQUIRE(index >= 0 && index < task.size, "gather: an index is not inside its dim");
  static_cast<T*>(task.target)[i] =
      static_cast<const T*>(task.source)[(o * task.size + index) * task.inner + inner];
}

template <class T>
__global__ void __launch_bounds__(kThreads) take_along(IndexTask task) {
  const int64_t i = thread_number();
  if (i >= task.outer * task.taken * task.inner) return;
  const int64_t inner = i % task.inner, o = i / task.inner / task.taken;
  const int64_t index = task.indices[i];
  TESSERA_GPU_REQUIRE(index >= 0 && index < task.size,
                      "take_along: an index is not inside its dim");
  static_cast<T*>(task.target)[i] =
      static_cast<const T*>(task.source)[(o * task.size + index) * task.inner + inner];
}

/// A thread moves an element of the update [outer, taken, inner].
template <class T>
__global__ void __launch_bounds__(kThreads) update_slice(IndexTask task) {
  const int64_t i = thread_number();
  if (i >= task.outer * task.taken * task.inner) return;
  const int64_t within = i % (task.taken * task.inner), o = i / (task.taken * task.inner);
  const int64_t start = task.fixed_start >= 0 ? task.fixed_start : task.indices[list_of(task, o)];
  TESSERA_GPU_REQUIRE(start >= 0 && start + task.taken <= task.size,
                      "update_slice: a start leaves no room for the update");
  static_cast<T*>(task.target)[(o * task.size + start) * task.inner + within] =
      static_cast<const T*>(task.source)[i];
}

/// A thread has an element of the outer and inner dims: it copies the base's elements there, and
/// adds the updates in their order.
template <class T>
__device__ void scatter(const IndexTask& task, T (*get)(const GpuTensor&, int64_t),
                        void (*set)(const GpuTensor&, int64_t, T)) {
  const int64_t i = thread_number();
  if (i >= task.outer * task.inner) return;
  const int64_t inner = i % task.inner, o = i / task.inner;
  const int32_t* list = task.indices + list_of(task, o) * task.taken;
  const int64_t begin = o * task.size * task.inner + inner;
  if (task.sum.at != task.base.at)
    for (int64_t s = 0; s < task.size; ++s)
      set(task.sum, begin + s * task.inner, get(task.base, begin + s * task.inner));
  for (int64_t j = 0; j < task.taken; ++j) {
    const int64_t index = list[j];
    TESSERA_GPU_REQUIRE(index >= 0 && index < task.size,
                        "scatter_add: an index is not inside its dim");
    const int64_t at = begin + index * task.inner;
    set(task.sum, at,
        get(task.sum, at) + get(task.updates, (o * task.taken + j) * task.inner + inner));
  }
}

__global__ void __launch_bounds__(kThreads) scatter_add_floats(IndexTask task) {
  scatter<float>(task, get_float, set_float);
}
__global__ void __launch_bounds__(kThreads) scatter_add_integers(IndexTask task) {
  scatter<int64_t>(task, get_integer, set_integer);
}

gpu::Launch over(const char* name, gpu::StreamHandle stream, int64_t count) {
  return {name, stream, (count + kThreads - 1) / kThreads, kThreads};
}

using IndexKernel = void (*)(IndexTask);

void run_moving(const char* name, gpu::StreamHandle stream, const IndexTask& task,
                IndexKernel bytes1, IndexKernel bytes2, IndexKernel bytes4, IndexKernel bytes8) {
  const IndexKernel kernel = task.element_bytes == 1   ? bytes1
                             : task.element_bytes == 2 ? bytes2
                             : task.element_bytes == 4 ? bytes4
                                                       : bytes8;
  gpu::launch(over(name, stream, task.outer * task.taken * task.inner), kernel, task);
}

}  // namespace

void run_gather(gpu::StreamHandle stream, const IndexTask& task) {
  run_moving("gather", stream, task, gather<uint8_t>, gather<uint16_t>, gather<uint32_t>,
             gather<uint64_t>);
}

void run_take_along(gpu::StreamHandle stream, const IndexTask& task) {
  run_moving("take_along", stream, task, take_along<uint8_t>, take_along<uint16_t>,
             take_along<uint32_t>, take_along<uint64_t>);
}

void run_update_slice(gpu::StreamHandle stream, const IndexTask& task) {
  run_moving("update_slice", stream, task, update_slice<uint8_t>, update_slice<uint16_t>,
             update_slice<uint32_t>, update_slice<uint64_t>);
}

void run_scatter_add(gpu::StreamHandle stream, const IndexTask& task) {
  const bool floats = task.sum.element == Element::f32 || task.sum.element == Element::bf16;
  gpu::launch(over("scatter_add", stream, task.outer * task.inner),
              floats ? scatter_add_floats : scatter_add_integers, task);
}

}  // namespace tessera::cuda
