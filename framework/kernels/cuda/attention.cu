#include "framework/kernels/cuda/attention.h"
#include "framework/kernels/cuda/shared/attention_tiles.h"
#include "framework/kernels/cuda/shared/block_reduce.h"

namespace tessera::cuda {
namespace {

// Four blocks of a multiprocessor: what shared memory leaves room for.

/// A block for each tile of queries of each head.
struct QueryTile {
  int64_t entry, head, begin;
};
__device__ QueryTile query_tile(const AttentionTask& task) {
  const int64_t tiles = (task.queries + task.tile - 1) / task.tile;
  const int64_t b = gpu::block_index(), head = b / tiles % task.heads;
  return {b / tiles / task.heads, head, b % tiles * task.tile};
}

/// Turns scores of a tile of keys into weights, a warp for each row. A row's sum is brought to its
/// new maximum; `carried` tells what sums so far are worth.
__device__ void make_weights(const AttentionTask& task, const QueryTile& at, int64_t key,
                             const Tile& scores, float* highest, float* sums, float* carried) {
  const int lane = gpu::thread_index() % gpu::kWarp;
  for (int r = gpu::thread_index() / gpu::kWarp; r < task.tile;
       r += kAttentionThreads / gpu::kWarp) {
    const float score = lane < task.tile ? scores.row(r)[lane] : -INFINITY;
    // Lane 0 alone reads and writes the row's state: a shuffle orders no memory.
    const float before = gpu::shuffle_from(lane == 0 ? highest[r] : 0, 0);
    const float most = Largest()(before, warp_reduce(score, Largest()));
    // While a row has seen no key, differences would be NaN.
    const float weight = score == -INFINITY ? 0 : expf(score - most);
    const float sum = warp_reduce(weight, Sum());
    const float share = before == -INFINITY ? 0 : expf(before - most);
    if (lane < task.tile)
      scores.row(r)[lane] = weight == 0 ? 0
                                        : weight * kept_share(task.dropout, at.entry, at.head,
                                                              at.begin + r, key + lane);
    if (lane == 0) {
      carried[r] = share;
      sums[r] = sums[r] * share + sum;
      highest[r] = most;
    }
  }
}

__global__ void __launch_bounds__(kAttentionThreads, 4) attention(AttentionTask task) {
  float* left = gpu::shared_memory<float>();
  const Tile q = take_tile(left, task.tile, task.width),
             kv = take_tile(left, task.tile, task.width),
             o = take_tile(left, task.tile, task.width),
             scores = take_tile(left, task.tile, task.tile);
  float *highest = take(left, task.tile), *sums = take(left, task.tile),
        *carried = take(left, task.tile);
  const int me = gpu::thread_index();
  const QueryTile at = query_tile(task);
  const HeadRows queries{at.entry, at.head, task.heads, task.queries, at.begin};
  const int64_t group = at.head / (task.heads / task.groups);
  load_tile(task, task.q, queries, q);
  clear_tile(task, o);
  if (me < task.tile) {
    highest[me] = -INFINITY;
    sums[me] = 0;
  }
  for (int64_t key = 0; key < task.keys; key += task.tile) {
    if (!tiles_meet(task, at.entry, at.begin, key)) continue;  // of all threads
    const HeadRows keys{at.entry, group, task.groups, task.keys, key};
    gpu::barrier();  // the tile of v before this one has been read
    load_tile(task, task.k, keys, kv);
    gpu::barrier();
    for (int e = me; e < task.tile * task.tile; e += kAttentionThreads) {
      const int r = e / task.tile, c = e % task.tile;
      scores.row(r)[c] = sees(task, at.entry, at.begin + r, key + c)
                             ? task.scale * dot(q.row(r), kv.row(c), task.width)
                             : -INFINITY;
    }
    gpu::barrier();
    load_tile(task, task.v, keys, kv);
    make_weights(task, at, key, scores, highest, sums, carried);
    if (!TESSERA_PLANT(attention_reads_early)) gpu::barrier();
    for (int e = me; e < task.tile * task.width; e += kAttentionThreads) {
      const int r = e / task.width, d = e % task.width;
      float sum = o.row(r)[d] * carried[r];
#pragma unroll 4
      for (int c = 0; c < task.tile; ++c) sum += scores.row(r)[c] * kv.row(c)[d];
      o.row(r)[d] = sum;
    }
  }
  gpu::barrier();
  for (int e = me; e < task.tile * task.width; e += kAttentionThreads) {
    const int r = e / task.width;
    o.row(r)[e % task.width] *= sums[r] == 0 ? 0 : 1 / sums[r];
  }
  store_tile(task, task.o, queries, o);
  if (me < task.tile && queries.has(me))
    task.lse[(at.entry * task.heads + at.head) * task.queries + at.begin + me] =
        highest[me] == -INFINITY ? 0 : highest[me] + logf(sums[me]);
}

/// delta: the sum of o · do of each query and head, a warp for each.
__global__ void __launch_bounds__(kAttentionThreads, 4) attention_delta(AttentionTask task) {
  constexpr int kWarps = kAttentionThreads / gpu::kWarp;
  const int64_t row = gpu::block_index() * kWarps + gpu::thread_index() / gpu::kWarp;
  if (row >= task.batch * task.heads * task.queries) return;  // whole warps
  const int64_t i = row % task.queries, head = row / task.queries % task.heads,
                entry = row / task.queries / task.heads;
  const int64_t offset = ((entry * task.queries + i) * task.heads + head) * task.width;
  float sum = 0;
  for (int64_t d = gpu::thread_index() % gpu::kWarp; d < task.width; d += gpu::kWarp)
    sum += get_float(task.o, offset + d) * get_float(task.d_o, offset + d);
  sum = warp_reduce(sum, Sum());
  if (gpu::thread_index() % gpu::kWarp == 0) task.delta[row] = sum;
}

/// Makes the weights of a tile again, after dropout, and the cotangents of its scores, divided by
/// the scale.
struct TilePair {
  Tile q, d_o, k, v;
};
__device__ void make_slopes(const AttentionTask& task, const TilePair& of, int64_t entry,
                            int64_t head, int64_t query, int64_t key, const Tile* weights,
                            const Tile& slopes) {
  const int64_t first = (entry * task.heads + head) * task.queries;
  for (int e = gpu::thread_index(); e < task.tile * task.tile; e += kAttentionThreads) {
    const int r = e / task.tile, c = e % task.tile;
    float weight = 0, slope = 0;
    if (sees(task, entry, query + r, key + c)) {
      const float score = task.scale * dot(of.q.row(r), of.k.row(c), task.width);
      const float share = kept_share(task.dropout, entry, head, query + r, key + c);
      weight = expf(score - task.lse[first + query + r]);
      slope = weight *
              (share * dot(of.d_o.row(r), of.v.row(c), task.width) - task.delta[first + query + r]);
      weight *= share;
    }
    if (weights) weights->row(r)[c] = weight;
    slopes.row(r)[c] = slope;
  }
}

/// dq, a block for each tile of queries of each head.
__global__ void __launch_bounds__(kAttentionThreads, 4) attention_grad_queries(AttentionTask task) {
  float* left = gpu::shared_memory<float>();
  const TilePair of{take_tile(left, task.tile, task.width), take_tile(left, task.tile, task.width),
                    take_tile(left, task.tile, task.width), take_tile(left, task.tile, task.width)};
  const Tile dq = take_tile(left, task.tile, task.width),
             slopes = take_tile(left, task.tile, task.tile);
  const QueryTile at = query_tile(task);
  const HeadRows queries{at.entry, at.head, task.heads, task.queries, at.begin};
  const int64_t group = at.head / (task.heads / task.groups);
  load_tile(task, task.q, queries, of.q);
  load_tile(task, task.d_o, queries, of.d_o);
  clear_tile(task, dq);
  for (int64_t key = 0; key < task.keys; key += task.tile) {
    if (!tiles_meet(task, at.entry, at.begin, key)) continue;  // of all threads
    const HeadRows keys{at.entry, group, task.groups, task.keys, key};
    gpu::barrier();  // the tile before has been read
    load_tile(task, task.k, keys, of.k);
    load_tile(task, task.v, keys, of.v);
    gpu::barrier();
    make_slopes(task, of, at.entry, at.head, at.begin, key, nullptr, slopes);
    gpu::barrier();
    for (int e = gpu::thread_index(); e < task.tile * task.width; e += kAttentionThreads) {
      const int r = e / task.width, d = e % task.width;
      float sum = 0;
#pragma unroll 4
      for (int c = 0; c < task.tile; ++c) sum += slopes.row(r)[c] * of.k.row(c)[d];
      dq.row(r)[d] += task.scale * sum;
    }
  }
  store_tile(task, task.dq, queries, dq);
}

/// dk and dv, a block for each tile of keys of each group: over its heads, and over queries.
__global__ void __launch_bounds__(kAttentionThreads, 4) attention_grad_keys(AttentionTask task) {
  float* left = gpu::shared_memory<float>();
  const TilePair of{take_tile(left, task.tile, task.width), take_tile(left, task.tile, task.width),
                    take_tile(left, task.tile, task.width), take_tile(left, task.tile, task.width)};
  const Tile dk = take_tile(left, task.tile, task.width),
             dv = take_tile(left, task.tile, task.width),
             weights = take_tile(left, task.tile, task.tile),
             slopes = take_tile(left, task.tile, task.tile);
  const int64_t tiles = (task.keys + task.tile - 1) / task.tile, share = task.heads / task.groups;
  const int64_t b = gpu::block_index(), key = b % tiles * task.tile,
                group = b / tiles % task.groups, entry = b / tiles / task.groups;
  const HeadRows keys{entry, group, task.groups, task.keys, key};
  load_tile(task, task.k, keys, of.k);
  load_tile(task, task.v, keys, of.v);
  clear_tile(task, dk);
  clear_tile(task, dv);
  for (int64_t head = group * share; head < (group + 1) * share; ++head)
    for (int64_t query = 0; query < task.queries; query += task.tile) {
      if (!tiles_meet(task, entry, query, key)) continue;  // of all threads
      const HeadRows queries{entry, head, task.heads, task.queries, query};
      if (!TESSERA_PLANT(attention_grad_overwrites)) gpu::barrier();  // the tile before was read
      load_tile(task, task.q, queries, of.q);
      load_tile(task, task.d_o, queries, of.d_o);
      gpu::barrier();
      make_slopes(task, of, entry, head, query, key, &weights, slopes);
      gpu::barrier();
      for (int e = gpu::thread_index(); e < task.tile * task.width; e += kAttentionThreads) {
        const int c = e / task.width, d = e % task.width;
        float sum_k = 0, sum_v = 0;
        for (int r = 0; r < task.tile; ++r) {
          sum_k += slopes.row(r)[c] * of.q.row(r)[d];
          sum_v += weights.row(r)[c] * of.d_o.row(r)[d];
        }
        dk.row(c)[d] += task.scale * sum_k;
        dv.row(c)[d] += sum_v;
      }
    }
  store_tile(task, task.dk, keys, dk);
  store_tile(task, task.dv, keys, dv);
}

}  // namespace

void run_attention(gpu::StreamHandle stream, const AttentionTask& task) {
  const int64_t tiles = (task.queries + task.tile - 1) / task.tile;
  const size_t shared = sizeof(float) * attention_floats(task.tile, task.width, false);
  gpu::launch({"attention", stream, task.batch * task.heads * tiles, kAttentionThreads, shared},
              attention, task);
}

void run_attention_delta(gpu::StreamHandle stream, const AttentionTask& task) {
  constexpr int kWarps = kAttentionThreads / gpu::kWarp;
  const int64_t rows = task.batch * task.heads * task.queries;
  gpu::launch({"attention_delta", stream, (rows + kWarps - 1) / kWarps, kAttentionThreads},
              attention_delta, task);
}

void run_attention_grad(gpu::StreamHandle stream, const AttentionTask& task) {
  const int64_t query_tiles = (task.queries + task.tile - 1) / task.tile,
                key_tiles = (task.keys + task.tile - 1) / task.tile;
  const size_t shared = sizeof(float) * attention_floats(task.tile, task.width, true);
  run_attention_delta(stream, task);
  gpu::launch({"attention_grad_queries", stream, task.batch * task.heads * query_tiles,
               kAttentionThreads, shared},
              attention_grad_queries, task);
  gpu::launch({"attention_grad_keys", stream, task.batch * task.groups * key_tiles,
               kAttentionThreads, shared},
              attention_grad_keys, task);
}

}  // namespace tessera::cuda
