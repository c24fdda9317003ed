#include "framework/kernels/cuda/copies.h"
#include "framework/kernels/cuda/shared/offset.h"
#include "framework/kernels/cuda/shared/tensors.h"

namespace tessera::cuda {
namespace {

constexpr int kThreads = 256;

struct Bytes16 {
  gpu::Pack<uint32_t> pack;
};

__device__ Bytes16 load(const Bytes16* from) {
  return {gpu::load_pack(reinterpret_cast<const uint32_t*>(from))};
}
__device__ void store(Bytes16* to, Bytes16 x) {
  gpu::store_pack(reinterpret_cast<uint32_t*>(to), x.pack);
}
template <class T>
__device__ T load(const T* from) {
  return *from;
}
template <class T>
__device__ void store(T* to, T x) {
  *to = x;
}

/// Elements of any type, moved as T of the same size.
template <class T>
__global__ void __launch_bounds__(kThreads) copy(CopyTask task) {
  const int64_t i = gpu::block_index() * kThreads + gpu::thread_index();
  if (i >= task.count) return;
  const T* source = static_cast<const T*>(task.source) + task.from;
  T* target = static_cast<T*>(task.target) + task.to;
  store(target + offset_of(task.dims, 1, i), load(source + offset_of(task.dims, 0, i)));
}

template <class T>
__global__ void __launch_bounds__(kThreads) fill(FillTask task) {
  const int64_t i = gpu::block_index() * kThreads + gpu::thread_index();
  if (i < task.count) static_cast<T*>(task.target)[i] = static_cast<T>(task.bits);
}

__global__ void __launch_bounds__(kThreads) iota(IotaTask task) {
  const int64_t i = gpu::block_index() * kThreads + gpu::thread_index();
  if (i >= task.count) return;
  const GpuTensor out{task.target, static_cast<Element>(task.element)};
  const int64_t value = task.first + i / task.inner % task.size;
  if (out.element == Element::f32 || out.element == Element::bf16)
    set_float(out, i, static_cast<float>(value));
  else
    set_integer(out, i, value);
}

gpu::Launch over(const char* name, gpu::StreamHandle stream, int64_t count) {
  return {name, stream, (count + kThreads - 1) / kThreads, kThreads};
}

}  // namespace

void run_copy(gpu::StreamHandle stream, const CopyTask& task) {
  const gpu::Launch launch = over("copy", stream, task.count);
  switch (task.element_bytes) {
    case 1:
      return gpu::launch(launch, copy<uint8_t>, task);
    case 2:
      return gpu::launch(launch, copy<uint16_t>, task);
    case 4:
      return gpu::launch(launch, copy<uint32_t>, task);
    case 8:
      return gpu::launch(launch, copy<uint64_t>, task);
    default:
      return gpu::launch(launch, copy<Bytes16>, task);
  }
}

void run_fill(gpu::StreamHandle stream, const FillTask& task) {
  const gpu::Launch launch = over("fill", stream, task.count);
  switch (task.element_bytes) {
    case 1:
      return gpu::launch(launch, fill<uint8_t>, task);
    case 2:
      return gpu::launch(launch, fill<uint16_t>, task);
    case 4:
      return gpu::launch(launch, fill<uint32_t>, task);
    default:
      return gpu::launch(launch, fill<uint64_t>, task);
  }
}

void run_iota(gpu::StreamHandle stream, const IotaTask& task) {
  gpu::launch(over("iota", stream, task.count), iota, task);
}

}  // namespace tessera::cuda
