// The gradient of attention of bf16 by the matrix units of a card: the weights are made again from
// q, k and lse, once for each tile of queries (dq) and once for each tile of keys (dk and dv), so
// that nothing is added by two blocks.
#include "framework/kernels/cuda/attention.h"
#include "framework/kernels/cuda/shared/attention_products.h"

namespace tessera::cuda {
namespace {

template <int D>
struct GradShared {
  WideTile<D> q, d_o, k, v;
  float lse[kRows], delta[kRows];  // of the queries
};

/// A weight after dropout, and the cotangent of its score, divided by the scale.
struct Slope {
  float weight, slope;
};
__device__ Slope slope_of(const AttentionTask& task, int64_t entry, int64_t head, int64_t i,
                          int64_t j, float score, float d_weight, float lse, float delta) {
  if (!sees(task, entry, i, j)) return {0, 0};
  const float weight = expf(task.scale * score - lse);
  const float share = kept_share(task.dropout, entry, head, i, j);
  return {weight * share, weight * (share * d_weight - delta)};
}

/// lse and delta of the queries of a tile.
template <int D>
__device__ void load_statistics(const AttentionTask& task, const HeadRows& queries,
                                GradShared<D>& shared) {
  const int me = gpu::thread_index();
  if (me >= kRows) return;
  const int64_t at =
      (queries.entry * task.heads + queries.head) * task.queries + queries.begin + me;
  shared.lse[me] = queries.has(me) ? task.lse[at] : 0;
  shared.delta[me] = queries.has(me) ? task.delta[at] : 0;
}

template <int D>
__global__ void __launch_bounds__(kAttentionThreads) attention_mma_queries(AttentionTask task) {
  auto& shared = *gpu::shared_memory<GradShared<D>>();
  const int lane = gpu::thread_index() % gpu::kWarp, row = gpu::thread_index() / gpu::kWarp * 16;
  const Head at = head_of_block(task, task.queries, task.heads);
  const int64_t group = at.head / (task.heads / task.groups);
  const HeadRows queries{at.entry, at.head, task.heads, task.queries, at.begin};
  load_rows(task, task.q, queries, shared.q);
  load_rows(task, task.d_o, queries, shared.d_o);
  load_statistics(task, queries, shared);
  Sums<D / 8> dq;
  for (int64_t key = 0; key < task.keys; key += kRows) {
    if (!tiles_meet(task, at.entry, at.begin, key)) continue;  // of all threads
    const HeadRows keys{at.entry, group, task.groups, task.keys, key};
    gpu::barrier();  // the tile before has been read
    load_rows(task, task.k, keys, shared.k);
    load_rows(task, task.v, keys, shared.v);
    gpu::barrier();
    Sums<kRows / 8> w = products(shared.q, shared.k);
    const Sums<kRows / 8> d_w = products(shared.d_o, shared.v);
#pragma unroll
    for (int n = 0; n < kRows / 8; ++n)
#pragma unroll
      for (int e = 0; e < 4; ++e) {
        const int r = row + lane / 4 + e / 2 * 8, c = 8 * n + lane % 4 * 2 + e % 2;
        w.at[n][e] = slope_of(task, at.entry, at.head, at.begin + r, key + c, w.at[n][e],
                              d_w.at[n][e], shared.lse[r], shared.delta[r])
                         .slope;
      }
    add_product(dq, w, shared.k);
  }
  store_rows<D>(task, task.dq, queries, dq, task.scale, task.scale);
}

/// Rows of a warp are keys here, and columns are queries.
template <int D>
__global__ void __launch_bounds__(kAttentionThreads) attention_mma_keys(AttentionTask task) {
  auto& shared = *gpu::shared_memory<GradShared<D>>();
  const int lane = gpu::thread_index() % gpu::kWarp, row = gpu::thread_index() / gpu::kWarp * 16;
  const Head at = head_of_block(task, task.keys, task.groups);
  const int64_t group = at.head, share = task.heads / task.groups, key = at.begin;
  const HeadRows keys{at.entry, group, task.groups, task.keys, key};
  load_rows(task, task.k, keys, shared.k);
  load_rows(task, task.v, keys, shared.v);
  Sums<D / 8> dk, dv;
  for (int64_t head = group * share; head < (group + 1) * share; ++head)
    for (int64_t query = 0; query < task.queries; query += kRows) {
      if (!tiles_meet(task, at.entry, query, key)) continue;  // of all threads
      const HeadRows queries{at.entry, head, task.heads, task.queries, query};
      if (!TESSERA_PLANT(attention_mma_keys_overwrite)) gpu::barrier();  // the tile before was read
      load_rows(task, task.q, queries, shared.q);
      load_rows(task, task.d_o, queries, shared.d_o);
      load_statistics(task, queries, shared);
      gpu::barrier();
      Sums<kRows / 8> w = products(shared.k, shared.q), slopes = products(shared.v, shared.d_o);
#pragma unroll
      for (int n = 0; n < kRows / 8; ++n)
#pragma unroll
        for (int e = 0; e < 4; ++e) {
          const int r = row + lane / 4 + e / 2 * 8, c = 8 * n + lane % 4 * 2 + e % 2;
          const Slope made = slope_of(task, at.entry, head, query + c, key + r, w.at[n][e],
                                      slopes.at[n][e], shared.lse[c], shared.delta[c]);
          w.at[n][e] = made.weight;
          slopes.at[n][e] = made.slope;
        }
      add_product(dv, w, shared.d_o);
      add_product(dk, slopes, shared.q);
    }
  store_rows<D>(task, task.dk, keys, dk, task.scale, task.scale);
  store_rows<D>(task, task.dv, keys, dv, 1, 1);
}

template <int D>
void backward(gpu::StreamHandle stream, const AttentionTask& task) {
  const int64_t query_tiles = (task.queries + kRows - 1) / kRows,
                key_tiles = (task.keys + kRows - 1) / kRows;
  run_attention_delta(stream, task);
  gpu::launch({"attention_mma_queries", stream, task.batch * task.heads * query_tiles,
               kAttentionThreads, sizeof(GradShared<D>)},
              attention_mma_queries<D>, task);
  gpu::launch({"attention_mma_keys", stream, task.batch * task.groups * key_tiles,
               kAttentionThreads, sizeof(GradShared<D>)},
              attention_mma_keys<D>, task);
}

}  // namespace

void run_attention_mma_grad(gpu::StreamHandle stream, const AttentionTask& task) {
  if (task.width <= 32) return backward<32>(stream, task);
  if (task.width <= 64) return backward<64>(stream, task);
  backward<128>(stream, task);
}

}  // namespace tessera::cuda
