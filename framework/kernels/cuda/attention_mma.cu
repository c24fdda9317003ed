// attention of bf16 by the matrix units of a card: products of 16 x 16 x 8, a warp for 16 rows. The
// masks and dropout are those of attention.cu.
#include "framework/kernels/cuda/attention.h"
#include "framework/kernels/cuda/shared/attention_products.h"

namespace tessera::cuda {
namespace {

template <int D>
struct ForwardShared {
  WideTile<D> q, k, v;
};

template <int D>
__global__ void __launch_bounds__(kAttentionThreads) attention_mma(AttentionTask task) {
  auto& shared = *gpu::shared_memory<ForwardShared<D>>();
  const int lane = gpu::thread_index() % gpu::kWarp, row = gpu::thread_index() / gpu::kWarp * 16;
  const Head at = head_of_block(task, task.queries, task.heads);
  const HeadRows queries{at.entry, at.head, task.heads, task.queries, at.begin};
  load_rows(task, task.q, queries, shared.q);
  Sums<D / 8> o;
  float highest[2] = {-INFINITY, -INFINITY}, totals[2] = {};
  for (int64_t key = 0; key < task.keys; key += kRows) {
    if (!tiles_meet(task, at.entry, at.begin, key)) continue;  // of all threads
    const HeadRows keys{at.entry, at.group, task.groups, task.keys, key};
    if (!TESSERA_PLANT(attention_mma_overwrites)) gpu::barrier();  // the tile before was read
    load_rows(task, task.k, keys, shared.k);
    load_rows(task, task.v, keys, shared.v);
    gpu::barrier();
    Sums<kRows / 8> w = products(shared.q, shared.k);
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      const int64_t i = at.begin + row + lane / 4 + half * 8;
      float most = highest[half];
#pragma unroll
      for (int n = 0; n < kRows / 8; ++n)
#pragma unroll
        for (int e = 2 * half; e < 2 * half + 2; ++e) {
          float& x = w.at[n][e];
          const int64_t j = key + 8 * n + lane % 4 * 2 + e % 2;
          x = sees(task, at.entry, i, j) ? x * task.scale : -INFINITY;
          most = Largest()(most, x);
        }
      most = over_row(most, Largest());
      // While a row has seen no key, differences would be NaN.
      const float carried = highest[half] == -INFINITY ? 0 : expf(highest[half] - most);
      float total = 0;
#pragma unroll
      for (int n = 0; n < kRows / 8; ++n)
#pragma unroll
        for (int e = 2 * half; e < 2 * half + 2; ++e) {
          float& x = w.at[n][e];
          x = x == -INFINITY ? 0 : expf(x - most);
          total += x;
          const int64_t j = key + 8 * n + lane % 4 * 2 + e % 2;
          if (x != 0) x *= kept_share(task.dropout, at.entry, at.head, i, j);
        }
      highest[half] = most;
      totals[half] = totals[half] * carried + over_row(total, Sum());
#pragma unroll
      for (int n = 0; n < D / 8; ++n) {
        o.at[n][2 * half] *= carried;
        o.at[n][2 * half + 1] *= carried;
      }
    }
    add_product(o, w, shared.v);
  }
  const auto share = [](float total) { return total == 0 ? 0 : 1 / total; };
  store_rows<D>(task, task.o, queries, o, share(totals[0]), share(totals[1]));
#pragma unroll
  for (int half = 0; half < 2; ++half) {
    const int r = row + lane / 4 + half * 8;
    if (lane % 4 == 0 && queries.has(r))
      task.lse[(at.entry * task.heads + at.head) * task.queries + at.begin + r] =
          highest[half] == -INFINITY ? 0 : highest[half] + logf(totals[half]);
  }
}

template <int D>
void forward(gpu::StreamHandle stream, const AttentionTask& task) {
  const int64_t tiles = (task.queries + kRows - 1) / kRows;
  gpu::launch({"attention_mma", stream, task.batch * task.heads * tiles, kAttentionThreads,
               sizeof(ForwardShared<D>)},
              attention_mma<D>, task);
}

}  // namespace

void run_attention_mma(gpu::StreamHandle stream, const AttentionTask& task) {
  if (task.width <= 32) return forward<32>(stream, task);
  if (task.width <= 64) return forward<64>(stream, task);
  forward<128>(stream, task);
}

}  // namespace tessera::cuda
