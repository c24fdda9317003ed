// What attention kernels by matrix units share: tiles of bf16 in shared memory, and products of
// them in which a warp has 16 rows.
#pragma once

#include "framework/kernels/cuda/shared/attention_tiles.h"
#include "framework/kernels/cuda/shared/block_reduce.h"

namespace tessera::cuda {

/// Rows that a block has: 16 for each warp.
inline constexpr int kRows = kAttentionThreads / gpu::kWarp * 16;

/// Rows of D numbers in shared memory; the numbers behind them put eight rows of a matrix into
/// different banks.
template <int D>
struct alignas(16) WideTile {
  gpu::Bf16 at[kRows][D + 8];
};

/// Rows beyond the last, and numbers beyond the head's, are 0. The head's width is a multiple of 8.
template <int D>
__device__ void load_rows(const AttentionTask& task, const GpuTensor& x, const HeadRows& rows,
                          WideTile<D>& tile) {
  constexpr int kPacks = D / kVector;
  for (int e = gpu::thread_index(); e < kRows * kPacks; e += kAttentionThreads) {
    const int r = e / kPacks, d = e % kPacks * kVector;
    gpu::Pack<gpu::Bf16> pack{};
    if (rows.has(r) && d < task.width)
      pack = gpu::load_pack(static_cast<const gpu::Bf16*>(x.at) + rows.offset(r, task.width) + d);
#pragma unroll
    for (int j = 0; j < kVector; ++j) tile.at[r][d + j] = pack.v[j];
  }
}

/// Sums of 16 rows of a warp: columns 8 n + lane % 4 · 2 + e % 2 of row lane / 4 + e / 2 · 8.
template <int N>
struct Sums {
  float at[N][4] = {};
};

/// a b' for the warp's rows of a and all rows of b.
template <int D>
__device__ Sums<kRows / 8> products(const WideTile<D>& a, const WideTile<D>& b) {
  const int lane = gpu::thread_index() % gpu::kWarp, row = gpu::thread_index() / gpu::kWarp * 16;
  Sums<kRows / 8> sums;
#pragma unroll
  for (int d = 0; d < D; d += 16) {
    uint32_t left[4];
    gpu::load_matrices(left, &a.at[row + lane % 16][d + lane / 16 * 8]);
#pragma unroll
    for (int n = 0; n < kRows / 16; ++n) {
      uint32_t right[4];
      gpu::load_matrices(right, &b.at[16 * n + lane % 8 + lane / 16 * 8][d + lane / 8 % 2 * 8]);
      gpu::multiply_add(sums.at[2 * n], left, right[0], right[1]);
      gpu::multiply_add(sums.at[2 * n + 1], left, right[2], right[3]);
    }
  }
  return sums;
}

/// Adds w b, where w are the warp's rows of weights, rounded to bf16.
template <int D>
__device__ void add_product(Sums<D / 8>& sums, const Sums<kRows / 8>& w, const WideTile<D>& b) {
  const int lane = gpu::thread_index() % gpu::kWarp;
#pragma unroll
  for (int n = 0; n < kRows / 16; ++n) {
    const auto &low = w.at[2 * n], &high = w.at[2 * n + 1];
    const uint32_t left[4] = {gpu::two_bf16(low[0], low[1]), gpu::two_bf16(low[2], low[3]),
                              gpu::two_bf16(high[0], high[1]), gpu::two_bf16(high[2], high[3])};
#pragma unroll
    for (int d = 0; d < D / 16; ++d) {
      uint32_t right[4];
      gpu::load_transposed(right, &b.at[16 * n + lane % 16][16 * d + lane / 16 * 8]);
      gpu::multiply_add(sums.at[2 * d], left, right[0], right[1]);
      gpu::multiply_add(sums.at[2 * d + 1], left, right[2], right[3]);
    }
  }
}

/// Writes the warp's rows, times a factor for each of the two rows of a thread.
template <int D>
__device__ void store_rows(const AttentionTask& task, const GpuTensor& x, const HeadRows& rows,
                           const Sums<D / 8>& sums, float first, float second) {
  const int lane = gpu::thread_index() % gpu::kWarp, row = gpu::thread_index() / gpu::kWarp * 16;
#pragma unroll
  for (int n = 0; n < D / 8; ++n)
#pragma unroll
    for (int e = 0; e < 4; ++e) {
      const int r = row + lane / 4 + e / 2 * 8, d = 8 * n + lane % 4 * 2 + e % 2;
      if (rows.has(r) && d < task.width)
        set_float(x, rows.offset(r, task.width) + d, sums.at[n][e] * (e < 2 ? first : second));
    }
}

/// Over the four lanes that share a row.
template <class Op>
__device__ float over_row(float x, Op op) {
  x = op(x, gpu::shuffle_xor(x, 1));
  return op(x, gpu::shuffle_xor(x, 2));
}

struct Head {
  int64_t entry, head, group, begin;
};
__device__ inline Head head_of_block(const AttentionTask& task, int64_t rows, int64_t heads) {
  const int64_t tiles = (rows + kRows - 1) / kRows, b = gpu::block_index();
  const int64_t head = b / tiles % heads;
  return {b / tiles / heads, head, head / (task.heads / task.groups), b % tiles * kRows};
}

}  // namespace tessera::cuda
