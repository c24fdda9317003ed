#include "framework/kernels/cpu/shared/widened_matmul.h"

#include <algorithm>
#include <bit>

#include "framework/core/threads.h"
#include "framework/kernels/cpu/shared/onednn.h"

namespace tessera::cpu {
namespace {

constexpr int64_t kBlockElements = int64_t{1} << 20;

void widen_rows(const bfloat16* from, int64_t from_stride, int64_t rows, int64_t columns,
                float* to) {
  parallel_for(rows, std::max<int64_t>(1, 16384 / columns), [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; ++row) {
      const bfloat16* source = from + row * from_stride;
      float* target = to + row * columns;
      for (int64_t i = 0; i < columns; ++i)
        target[i] = std::bit_cast<float>(uint32_t{source[i].bits} << 16);
    }
  });
}

/// One operand, cut into blocks. A block is given as f32, and widened for that when its type asks
/// for it and the block is not there already.
struct Operand {
  const void* data;
  DType dtype;
  int64_t stride;
  bool transposed;
  float* wide;
  int64_t held_row = -1, held_column = -1;

  /// The f32 view of a block; rows and columns are those of the stored matrix.
  MatrixView block(int64_t row, int64_t rows, int64_t column, int64_t columns) {
    const int64_t offset = row * stride + column;
    if (dtype == DType::f32) return {static_cast<const float*>(data) + offset, stride, transposed};
    if (row != held_row || column != held_column)
      widen_rows(static_cast<const bfloat16*>(data) + offset, stride, rows, columns, wide);
    held_row = row;
    held_column = column;
    return {wide, columns, transposed};
  }
};

int64_t padded(int64_t elements) { return (elements + 15) / 16 * 16; }

}  // namespace

WidenedMatmul::WidenedMatmul(const Problem& problem) : problem_(problem) {
  k_block_ = std::min<int64_t>(problem.k, 4096);
  const int64_t most = std::max<int64_t>(64, kBlockElements / k_block_ / 64 * 64);
  m_block_ = std::min<int64_t>({problem.m, most, 1024});
  n_block_ = std::min<int64_t>({problem.n, most, 2048});
}

size_t WidenedMatmul::scratch_bytes() const {
  int64_t elements = padded(m_block_ * n_block_);
  if (problem_.a == DType::bf16) elements += padded(m_block_ * k_block_);
  if (problem_.b == DType::bf16) elements += padded(n_block_ * k_block_);
  return static_cast<size_t>(elements) * sizeof(float);
}

void WidenedMatmul::run_blocks(const void* a, const void* b, void* scratch,
                               const std::function<void(const Block&)>& finish) const {
  const auto& [m, n, k, trans_a, trans_b, a_type, b_type] = problem_;
  float* c = static_cast<float*>(scratch);
  float* a_wide = c + padded(m_block_ * n_block_);
  float* b_wide = a_wide + (a_type == DType::bf16 ? padded(m_block_ * k_block_) : 0);
  Operand left{a, a_type, trans_a ? m : k, trans_a, a_wide},
      right{b, b_type, trans_b ? k : n, trans_b, b_wide};
  for (int64_t column = 0; column < n; column += n_block_) {
    const int64_t columns = std::min(n_block_, n - column);
    for (int64_t row = 0; row < m; row += m_block_) {
      const int64_t rows = std::min(m_block_, m - row);
      for (int64_t at = 0; at < k; at += k_block_) {
        const int64_t depth = std::min(k_block_, k - at);
        const MatrixView x =
            trans_a ? left.block(at, depth, row, rows) : left.block(row, rows, at, depth);
        const MatrixView y = trans_b ? right.block(column, columns, at, depth)
                                     : right.block(at, depth, column, columns);
        sgemm(rows, columns, depth, x, y, at > 0, c, columns);
      }
      finish({row, rows, column, columns, c, columns});
    }
  }
}

}  // namespace tessera::cpu
