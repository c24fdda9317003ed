#include "framework/kernels/cuda/shared/row.h"
#include "framework/kernels/cuda/softmax.h"

namespace tessera::cuda {
namespace {

constexpr int kMostThreads = 256;

__device__ Row row_of(const SoftmaxTask& task) {
  const int64_t r = gpu::block_index();
  return {r / task.inner * task.size * task.inner + r % task.inner, task.size, task.inner};
}

__global__ void __launch_bounds__(kMostThreads) softmax(SoftmaxTask task) {
  auto* parts = gpu::shared_memory<WarpParts>();
  const Row row = row_of(task);
  const LogSum sum = log_sum(task.x, row, *parts);
  const float scale = 1 / sum.sum, log = logf(sum.sum);
  each_vector(row.n, [&](int64_t i) {
    float v[kVector];
    row.get(task.x, i, v);
#pragma unroll
    for (int j = 0; j < kVector; ++j) {
      const float below = v[j] - sum.largest;
      v[j] = task.log ? below - log : expf(below) * scale;
    }
    row.set(task.y, i, v);
  });
}

/// dx = y (dy - sum of y · dy); for logarithms dy - e^y · sum of dy.
__global__ void __launch_bounds__(kMostThreads) softmax_grad(SoftmaxTask task) {
  auto* parts = gpu::shared_memory<WarpParts>();
  const Row row = row_of(task);
  float part = 0;
  each_vector(row.n, [&](int64_t i) {
    float y[kVector], dy[kVector];
    row.get(task.y, i, y);
    row.get(task.dy, i, dy);
#pragma unroll
    for (int j = 0; j < kVector; ++j) part += task.log ? dy[j] : y[j] * dy[j];
  });
  const float sum = block_reduce(part, Sum(), *parts);
  each_vector(row.n, [&](int64_t i) {
    float y[kVector], dy[kVector];
    row.get(task.y, i, y);
    row.get(task.dy, i, dy);
#pragma unroll
    for (int j = 0; j < kVector; ++j)
      dy[j] = task.log ? dy[j] - expf(y[j]) * sum : y[j] * (dy[j] - sum);
    row.set(task.dx, i, dy);
  });
}

}  // namespace

void run_softmax(gpu::StreamHandle stream, const SoftmaxTask& task) {
  gpu::launch({"softmax", stream, task.rows, task.threads, sizeof(WarpParts)}, softmax, task);
}

void run_softmax_grad(gpu::StreamHandle stream, const SoftmaxTask& task) {
  gpu::launch({"softmax_grad", stream, task.rows, task.threads, sizeof(WarpParts)}, softmax_grad,
              task);
}

}  // namespace tessera::cuda
