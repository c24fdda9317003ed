#include "framework/kernels/cuda/norms.h"
#include "framework/kernels/cuda/shared/row.h"

namespace tessera::cuda {
namespace {

constexpr int kMostThreads = 256;

/// Sums over the elements of a row what f makes of them.
template <class F>
__device__ float sum_over(const GpuTensor& tensor, const Row& row, WarpParts& parts, F f) {
  float sum = 0;
  each_vector(row.n, [&](int64_t i) {
    float x[kVector];
    row.get(tensor, i, x);
#pragma unroll
    for (int j = 0; j < kVector; ++j)
      if (j < row.count(i)) sum += f(x[j]);
  });
  return block_reduce(sum, Sum(), parts);
}

__global__ void __launch_bounds__(kMostThreads) norm(NormTask task) {
  auto& parts = *gpu::shared_memory<WarpParts>();
  const int64_t r = gpu::block_index();
  const Row row{r * task.size, task.size, 1},
      weights{TESSERA_PLANT(norm_reads_past_gain) ? kVector : 0, task.size, 1};
  const auto n = static_cast<float>(task.size);
  float mean = 0;
  if (task.centred) mean = sum_over(task.x, row, parts, [](float x) { return x; }) / n;
  const float squares =
      sum_over(task.x, row, parts, [=](float x) { return (x - mean) * (x - mean); });
  const float rstd = 1 / sqrtf(squares / n + task.eps);
  each_vector(row.n, [&](int64_t i) {
    float x[kVector], gain[kVector], bias[kVector] = {};
    row.get(task.x, i, x);
    weights.get(task.gain, i, gain);
    if (task.centred) weights.get(task.bias, i, bias);
#pragma unroll
    for (int j = 0; j < kVector; ++j) x[j] = (x[j] - mean) * rstd * gain[j] + bias[j];
    row.set(task.y, i, x);
  });
  if (gpu::thread_index() != 0) return;
  if (task.centred) task.mean[TESSERA_PLANT(norm_writes_one_mean) ? 0 : r] = mean;
  task.rstd[r] = rstd;
}

struct NormGradShared {
  WarpParts parts;
  float sums[1];  // as many as a stretch has, where these fit
};

/// A thread has the same columns in all rows of its stretch, and so their sums. They lie place by
/// place of a vector, so that neighbouring threads use neighbouring memory.
__global__ void __launch_bounds__(kMostThreads) norm_grad(NormGradTask task) {
  auto& shared = *gpu::shared_memory<NormGradShared>();
  const int64_t n = task.size, vectors = (n + kVector - 1) / kVector;
  const int64_t stretch = gpu::block_index(), begin = stretch * task.rows_of_stretch;
  const int64_t end =
      begin + task.rows_of_stretch < task.rows ? begin + task.rows_of_stretch : task.rows;
  const float scale = 1 / static_cast<float>(n);
  const Row weights{0, n, 1};
  float* const out = task.sums + stretch * task.sums_of_stretch;
  float* const sums = task.sums_fit ? shared.sums : out;
  each_vector(n, [&](int64_t i) {
    for (int64_t j = 0; j < kVector * (task.centred ? 2 : 1); ++j)
      sums[j * vectors + i / kVector] = 0;
  });
  for (int64_t r = begin; r < end; ++r) {
    const Row row{r * n, n, 1};
    const float mean = task.centred ? task.mean[r] : 0, rstd = task.rstd[r];
    float sum_g = 0, sum_gn = 0;
    each_vector(n, [&](int64_t i) {
      float x[kVector], dy[kVector], gain[kVector];
      row.get(task.x, i, x, mean);
      row.get(task.dy, i, dy);
      weights.get(task.gain, i, gain);
      float* const own = sums + i / kVector;
#pragma unroll
      for (int j = 0; j < kVector; ++j) {
        const float normal = (x[j] - mean) * rstd, g = dy[j] * gain[j];
        sum_g += g;
        sum_gn += g * normal;
        own[j * vectors] += dy[j] * normal;
        if (task.centred) own[(kVector + j) * vectors] += dy[j];
      }
    });
    const float mean_g = task.centred ? block_reduce(sum_g, Sum(), shared.parts) * scale : 0;
    const float mean_gn = block_reduce(sum_gn, Sum(), shared.parts) * scale;
    each_vector(n, [&](int64_t i) {
      float x[kVector], dy[kVector], gain[kVector], extra[kVector] = {};
      row.get(task.x, i, x);
      row.get(task.dy, i, dy);
      weights.get(task.gain, i, gain);
      if (task.extra.at) row.get(task.extra, i, extra);
#pragma unroll
      for (int j = 0; j < kVector; ++j)
        x[j] = rstd * (dy[j] * gain[j] - mean_g - (x[j] - mean) * rstd * mean_gn) + extra[j];
      row.set(task.dx, i, x);
    });
  }
  if (!task.sums_fit) return;
  each_vector(n, [&](int64_t i) {
    for (int64_t j = 0; j < kVector * (task.centred ? 2 : 1); ++j)
      out[j * vectors + i / kVector] = sums[j * vectors + i / kVector];
  });
}

constexpr int kLanes = 8;  // warps that share the stretches out

struct WeightShared {
  float of[kLanes][gpu::kWarp];
};

/// Adds up the stretches' sums: a warp's lanes have neighbouring sums.
__global__ void __launch_bounds__(kLanes* gpu::kWarp) norm_grad_weights(NormGradTask task) {
  auto& shared = *gpu::shared_memory<WeightShared>();
  const int64_t n = task.size, vectors = (n + kVector - 1) / kVector;
  const int64_t all = task.sums_of_stretch;
  const int lane = gpu::thread_index() % gpu::kWarp, warp = gpu::thread_index() / gpu::kWarp;
  const int64_t at = gpu::block_index() * gpu::kWarp + lane;
  float sum = 0;
  if (at < all)
    for (int64_t s = warp; s < task.stretches; s += kLanes) sum += task.sums[s * all + at];
  shared.of[warp][lane] = sum;
  if (!TESSERA_PLANT(norm_grad_reads_early)) gpu::barrier();
  if (warp != 0 || at >= all) return;
  sum = 0;
  for (int w = 0; w < kLanes; ++w) sum += shared.of[w][lane];
  const int64_t place = at / vectors, column = at % vectors * kVector + place % kVector;
  if (column >= n) return;
  (place < kVector ? task.dgain : task.dbias)[column] = sum;
}

}  // namespace

void run_norm(gpu::StreamHandle stream, const NormTask& task) {
  gpu::launch({"norm", stream, task.rows, task.threads, sizeof(WarpParts)}, norm, task);
}

void run_norm_grad(gpu::StreamHandle stream, const NormGradTask& task) {
  const int64_t sums = task.sums_of_stretch;
  const size_t shared = sizeof(WarpParts) + (task.sums_fit ? sums : 0) * sizeof(float);
  gpu::launch({"norm_grad", stream, task.stretches, task.threads, shared}, norm_grad, task);
  gpu::launch({"norm_grad_weights", stream, (sums + gpu::kWarp - 1) / gpu::kWarp,
               kLanes * gpu::kWarp, sizeof(WeightShared)},
              norm_grad_weights, task);
}

}  // namespace tessera::cuda
