// What the attention kernels share: which keys a query sees, what dropout leaves of a weight, and
// tiles of rows in shared memory.
#pragma once

#include "framework/kernels/cuda/attention.h"
#include "framework/kernels/cuda/shared/philox.h"
#include "framework/kernels/cuda/shared/tensors.h"

namespace tessera::cuda {

inline constexpr int kAttentionThreads = 128;

/// Keys from `first` up to `last`.
struct Keys {
  int64_t first, last;
};

/// What query i of an entry sees but for documents. Both ends rise with i.
__device__ inline Keys keys_of(const AttentionTask& task, int64_t entry, int64_t i) {
  int64_t length = task.keys;
  if (task.lengths) {
    length = task.lengths[entry];
    length = length < 0 ? 0 : length > task.keys ? task.keys : length;
  }
  int64_t position = i;
  if (task.offsets) position += task.offsets[task.offset_by_entry ? entry : 0];
  Keys keys{0, length};
  if (task.causal && position + 1 < keys.last) keys.last = position + 1;
  if (task.window > 0) {
    if (position + task.window < keys.last) keys.last = position + task.window;
    if (position - task.window + 1 > 0) keys.first = position - task.window + 1;
  }
  return keys;
}

TESSERA_GPU_APART __device__ inline bool sees(const AttentionTask& task, int64_t entry, int64_t i,
                                              int64_t j) {
  if (i >= task.queries) return false;
  const Keys keys = keys_of(task, entry, i);
  if (j < keys.first || j >= keys.last) return false;
  if (!task.documents) return true;
  const int32_t* documents = task.documents + entry * task.queries;
  return documents[i] == documents[j];
}

/// Whether some query of [i, i + rows) may see some key of [j, j + rows).
__device__ inline bool tiles_meet(const AttentionTask& task, int64_t entry, int64_t i, int64_t j) {
  const int64_t last = i + task.tile < task.queries ? i + task.tile - 1 : task.queries - 1;
  return keys_of(task, entry, i).first < j + task.tile && keys_of(task, entry, last).last > j;
}

__device__ inline int64_t number_at(const void* at, bool wide) {
  return wide ? *static_cast<const int64_t*>(at) : *static_cast<const int32_t*>(at);
}

TESSERA_GPU_APART __device__ inline float drawn_share(const WeightDropout& dropout, int64_t entry,
                                                      int64_t head, int64_t i, int64_t j) {
  int64_t place =
      dropout.first + entry * dropout.entry + head * dropout.head + i * dropout.query + j;
  if (dropout.part) place += number_at(dropout.part, dropout.wide_part) * dropout.whole;
  uint32_t words[4];
  philox_block(dropout.key, static_cast<uint64_t>(number_at(dropout.step, dropout.wide_step)),
               static_cast<uint64_t>(place) / 4, words);
  const int64_t at = place % 4;
  const uint32_t word = at == 0 ? words[0] : at == 1 ? words[1] : at == 2 ? words[2] : words[3];
  return word < dropout.threshold ? 0 : dropout.scale;
}

/// What dropout multiplies the weight of query i and key j with.
__device__ inline float kept_share(const WeightDropout& dropout, int64_t entry, int64_t head,
                                   int64_t i, int64_t j) {
  return dropout.on ? drawn_share(dropout, entry, head, i, j) : 1;
}

/// A tile of rows in shared memory, as floats, one unused float behind each row.
struct Tile {
  float* at;
  int pitch;

  __device__ float* row(int r) const { return at + r * pitch; }
};

/// Takes `floats` floats off what is left of shared memory.
__device__ inline float* take(float*& left, int floats) {
  float* mine = left;
  left += floats;
  return mine;
}
__device__ inline Tile take_tile(float*& left, int rows, int width) {
  return {take(left, rows * (width + 1)), width + 1};
}

/// Rows [begin, begin + tile) of head h of a tensor (B, rows, heads, width).
struct HeadRows {
  int64_t entry, head, heads, rows, begin;

  __device__ int64_t offset(int64_t r, int64_t width) const {
    return ((entry * rows + begin + r) * heads + head) * width;
  }
  __device__ bool has(int64_t r) const { return begin + r < rows; }
};

/// Rows beyond the last are 0.
__device__ inline void load_tile(const AttentionTask& task, const GpuTensor& x,
                                 const HeadRows& rows, const Tile& tile) {
  for (int e = gpu::thread_index(); e < task.tile * task.width; e += kAttentionThreads) {
    const int r = e / task.width, d = e % task.width;
    tile.row(r)[d] = rows.has(r) ? get_float(x, rows.offset(r, task.width) + d) : 0;
  }
}
__device__ inline void store_tile(const AttentionTask& task, const GpuTensor& x,
                                  const HeadRows& rows, const Tile& tile) {
  for (int e = gpu::thread_index(); e < task.tile * task.width; e += kAttentionThreads) {
    const int r = e / task.width, d = e % task.width;
    if (rows.has(r)) set_float(x, rows.offset(r, task.width) + d, tile.row(r)[d]);
  }
}
__device__ inline void clear_tile(const AttentionTask& task, const Tile& tile) {
  for (int e = gpu::thread_index(); e < task.tile * task.width; e += kAttentionThreads)
    tile.row(e / task.width)[e % task.width] = 0;
}

__device__ inline float dot(const float* a, const float* b, int n) {
  float sum = 0;
#pragma unroll 4
  for (int d = 0; d < n; ++d) sum += a[d] * b[d];
  return sum;
}

}  // namespace tessera::cuda
