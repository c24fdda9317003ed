// attention and its gradient in tiles, without the matrix of weights in memory: every mask and the
// dropout that the op has, in f32 arithmetic. q and o are (B, S, H, D), k and v (B, T, G, D).
#pragma once

#include "framework/kernels/cuda/shared/element.h"
#include "framework/kernels/cuda/shared/launch.h"

namespace tessera::cuda {

/// The dropout of the weights (B, H, S, T), which may be a part of a whole: where the first weight
/// lies there, and how far apart neighbours in each dim are.
struct WeightDropout {
  bool on, wide_step, wide_part;
  uint64_t key;
  uint32_t threshold;
  float scale;
  int64_t whole, first, entry, head, query;
  const void *step, *part;
};

struct AttentionTask {
  int64_t batch, queries, keys, heads, groups;
  int width;
  int tile;  // rows of queries, and of keys, that a block works on at a time
  float scale;
  bool causal, offset_by_entry;
  int64_t window;                                // 0: none
  const int32_t *documents, *lengths, *offsets;  // null where there are none
  WeightDropout dropout;
  GpuTensor q, k, v, o;
  float* lse;  // (B, H, S)
  // Of the gradient.
  GpuTensor d_o, dq, dk, dv;
  float* delta;  // (B, H, S): the sum of o · do
};

/// Floats of shared memory that the kernels take.
constexpr int64_t attention_floats(int64_t tile, int64_t width, bool gradient) {
  return (gradient ? 6 : 3) * tile * (width + 1) + 2 * tile * (tile + 1) + 3 * tile;
}

/// Rows of a tile of the kernels that use matrix units, and the widest head that these take.
inline constexpr int kMmaTile = 64, kWidestMma = 128;

void run_attention_mma(gpu::StreamHandle stream, const AttentionTask& task);
void run_attention_mma_grad(gpu::StreamHandle stream, const AttentionTask& task);
void run_attention(gpu::StreamHandle stream, const AttentionTask& task);
/// delta from o and do.
void run_attention_delta(gpu::StreamHandle stream, const AttentionTask& task);
void run_attention_grad(gpu::StreamHandle stream, const AttentionTask& task);

}  // namespace tessera::cuda
