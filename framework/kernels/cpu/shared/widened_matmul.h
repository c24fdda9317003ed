// Matrix product for operand types that oneDNN refuses: bf16 without AVX-512, or f32 operands with
// a bf16 result. Blocks of bf16 operands are widened to f32 in scratch and multiplied, and each
// finished f32 block of the result is handed on while it is in cache. Blocks bound the scratch:
// widening the weight of an output head whole would take 150 MB.
#pragma once

#include <functional>

#include "framework/core/dtype.h"

namespace tessera::cpu {

class WidenedMatmul {
 public:
  struct Problem {
    int64_t m, n, k;
    bool trans_a, trans_b;  // stored (K, M) and (N, K)
    DType a, b;
  };
  /// Rows [row, row + rows) and columns [column, column + columns) of the product; consecutive rows
  /// are `stride` apart.
  struct Block {
    int64_t row, rows, column, columns;
    const float* data;
    int64_t stride;
  };

  explicit WidenedMatmul(const Problem& problem);

  size_t scratch_bytes() const;
  /// Calls `finish(block)` for every block of the product.
  template <typename Finish>
  void run(const void* a, const void* b, void* scratch, const Finish& finish) const {
    run_blocks(a, b, scratch, std::cref(finish));  // a function that refers allocates nothing
  }

 private:
  void run_blocks(const void* a, const void* b, void* scratch,
                  const std::function<void(const Block&)>& finish) const;

  Problem problem_;
  int64_t m_block_, n_block_, k_block_;
};

}  // namespace tessera::cpu
