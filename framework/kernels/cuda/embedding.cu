#include "framework/kernels/cuda/embedding.h"
#include "framework/kernels/cuda/shared/row.h"

namespace tessera::cuda {
namespace {

constexpr int kThreads = 256, kWarps = kThreads / gpu::kWarp;

/// A block copies the row of an id.
__global__ void __launch_bounds__(kThreads) embedding(EmbeddingTask task) {
  const int64_t at = gpu::block_index();
  const int64_t id = task.ids[at], r = id - task.first;
  const bool held = r >= 0 && r < task.rows, known = id >= 0 && id < task.whole;
  const Row from{r * task.width, task.width, 1}, to{at * task.width, task.width, 1};
  each_vector(task.width, [&](int64_t i) {
    float v[kVector];
    if (held)
      from.get(task.table, i, v);
    else
#pragma unroll
      for (int j = 0; j < kVector; ++j) v[j] = known ? 0 : gpu::float_of(0x7fc00000U);
    to.set(task.out, i, v);
  });
}

struct GradShared {
  int32_t warps[kWarps];     // how many ids of a warp's are this block's
  int32_t places[kThreads];  // positions of this block's ids, in order
};

/// Every block reads all ids and adds the rows of those that belong to it, in order; a thread has
/// the same columns throughout, so that nothing else orders the additions.
__global__ void __launch_bounds__(kThreads) embedding_grad(EmbeddingGradTask task) {
  auto& shared = *gpu::shared_memory<GradShared>();
  const int me = gpu::thread_index(), lane = me % gpu::kWarp, warp = me / gpu::kWarp;
  const int64_t owner = gpu::block_index(), width = task.width;
  if (!task.accumulate)
    for (int64_t r = owner; r < task.rows; r += task.owners)
      for (int64_t c = me; c < width; c += kThreads) task.dtable[r * width + c] = 0;
  for (int64_t start = 0; start < task.count; start += kThreads) {
    const int64_t at = start + me;
    const int64_t row = at < task.count ? task.ids[at] - task.first : -1;
    const bool mine = row >= 0 && row < task.rows && row % task.owners == owner;
    const uint32_t lanes = gpu::ballot(mine);
    if (lane == 0) shared.warps[warp] = gpu::population(lanes);
    if (!TESSERA_PLANT(embedding_grad_counts_early)) gpu::barrier();
    int before = 0, all = 0;
    for (int w = 0; w < kWarps; ++w) {
      if (w == warp) before = all;
      all += shared.warps[w];
    }
    if (mine)
      shared.places[before + gpu::population(lanes & ((1U << lane) - 1))] =
          static_cast<int32_t>(me);
    gpu::barrier();
    for (int64_t c = me; c < width; c += kThreads) {
      int64_t row_of_sum = -1;
      float sum = 0;
      for (int p = 0; p < all; ++p) {
        const int64_t position = start + shared.places[p];
        const int64_t r = task.ids[position] - task.first;
        if (r != row_of_sum) {  // ids often come in runs: padding, say
          if (row_of_sum >= 0) task.dtable[row_of_sum * width + c] = sum;
          row_of_sum = r;
          sum = task.dtable[r * width + c];
        }
        sum += get_float(task.dy, position * width + c);
      }
      if (row_of_sum >= 0) task.dtable[row_of_sum * width + c] = sum;
    }
    gpu::barrier();  // the places have been read
  }
}

}  // namespace

void run_embedding(gpu::StreamHandle stream, const EmbeddingTask& task) {
  gpu::launch({"embedding", stream, task.count, kThreads}, embedding, task);
}

void run_embedding_grad(gpu::StreamHandle stream, const EmbeddingGradTask& task) {
  gpu::launch({"embedding_grad", stream, task.owners, kThreads, sizeof(GradShared)}, embedding_grad,
              task);
}

}  // namespace tessera::cuda
