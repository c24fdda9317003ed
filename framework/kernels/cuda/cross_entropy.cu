#include "framework/kernels/cuda/cross_entropy.h"
#include "framework/kernels/cuda/shared/row.h"

namespace tessera::cuda {
namespace {

constexpr int kMostThreads = 256;

/// What a row gets whose label is no class.
__device__ float not_a_number() { return gpu::float_of(0x7fc00000U); }

__global__ void __launch_bounds__(kMostThreads) cross_entropy(LossTask task) {
  auto& parts = *gpu::shared_memory<WarpParts>();
  const int64_t r = gpu::block_index();
  const Row row{r * task.classes, task.classes, 1};
  const int32_t label = task.labels[r];
  // All threads of the block have the same label.
  if (label < 0) {
    if (gpu::thread_index() == 0) task.loss[r] = task.lse[r] = 0;
    return;
  }
  const float lse = log_sum(task.logits, row, parts).value();
  float spread = 0;
  if (task.smoothing != 0) {
    // The mean of lse - x rather than of x: the logits may be far from zero.
    float sum = 0;
    each_vector(row.n, [&](int64_t i) {
      float x[kVector];
      row.get(task.logits, i, x, lse);
#pragma unroll
      for (int j = 0; j < kVector; ++j) sum += lse - x[j];
    });
    spread = block_reduce(sum, Sum(), parts) / static_cast<float>(task.classes);
  }
  if (gpu::thread_index() != 0 && !TESSERA_PLANT(cross_entropy_all_write)) return;
  const float own =
      label < task.classes ? lse - get_float(task.logits, row.start + label) : not_a_number();
  const float s = task.smoothing;
  task.loss[r] = task.weights[r] * (s != 0 ? (1 - s) * own + s * spread : own);
  task.lse[r] = lse;
}

/// Computes weight · dloss · (softmax - target). The logits may lie where dlogits does.
__global__ void __launch_bounds__(kMostThreads) cross_entropy_grad(LossTask task) {
  const int64_t r = gpu::block_index();
  const Row row{(TESSERA_PLANT(cross_entropy_reads_next_row) ? r + 1 : r) * task.classes,
                task.classes, 1};
  const int64_t label = task.labels[r], own = label - task.first;
  const float scale = task.weights[r] * task.dloss[r], lse = task.lse_in[r];
  const float spread = task.smoothing / static_cast<float>(task.whole);
  each_vector(row.n, [&](int64_t i) {
    float x[kVector];
    row.get(task.logits, i, x);
#pragma unroll
    for (int j = 0; j < kVector; ++j) {
      const float target = own == i + j ? 1 - task.smoothing + spread : spread;
      x[j] = label < 0             ? 0
             : label >= task.whole ? not_a_number()
                                   : scale * (expf(x[j] - lse) - target);
    }
    row.set(task.dlogits, i, x);
  });
}

__global__ void __launch_bounds__(kMostThreads) class_statistics(LossTask task) {
  auto& parts = *gpu::shared_memory<WarpParts>();
  const int64_t r = gpu::block_index();
  const Row row{r * task.classes, task.classes, 1};
  const float lse = log_sum(task.logits, row, parts).value();
  if (gpu::thread_index() != 0) return;
  const int64_t label = task.labels[r], own = label - task.first;
  const bool held = own >= 0 && own < task.classes;
  task.picked[r] = label >= task.whole ? not_a_number()
                   : held              ? get_float(task.logits, row.start + own)
                                       : 0;
  task.lse[r] = lse;
}

}  // namespace

void run_cross_entropy(gpu::StreamHandle stream, const LossTask& task) {
  gpu::launch({"cross_entropy", stream, task.rows, task.threads, sizeof(WarpParts)}, cross_entropy,
              task);
}

void run_cross_entropy_grad(gpu::StreamHandle stream, const LossTask& task) {
  gpu::launch({"cross_entropy_grad", stream, task.rows, task.threads}, cross_entropy_grad, task);
}

void run_class_statistics(gpu::StreamHandle stream, const LossTask& task) {
  gpu::launch({"class_statistics", stream, task.rows, task.threads, sizeof(WarpParts)},
              class_statistics, task);
}

}  // namespace tessera::cuda
