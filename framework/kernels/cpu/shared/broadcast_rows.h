// How an elementwise kernel walks its operands: the result as rows of `length` contiguous elements,
// and for every operand the step inside a row (0 or 1) and its offset at a row. Neighbouring dims
// that every operand steps through alike are merged, so that equal shapes are one row, a bias is a
// row per line, and a scalar has step 0 everywhere.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "framework/core/tensor_type.h"

namespace tessera::cpu {

class BroadcastRows {
 public:
  static constexpr size_t kMostOperands = 4;

  BroadcastRows(std::span<const TensorType> in, const Shape& out);

  int64_t rows() const { return rows_; }
  int64_t length() const { return length_; }
  int64_t step(size_t operand) const { return inner_[operand]; }

  /// Element offset of each operand at the start of row `row`.
  std::array<int64_t, kMostOperands> offsets(int64_t row) const;

 private:
  struct Dim {
    int64_t size;
    std::array<int64_t, kMostOperands> strides;
  };
  size_t operands_;
  std::vector<Dim> outer_;  // outermost first
  std::array<int64_t, kMostOperands> inner_{};
  int64_t rows_ = 1, length_ = 1;
};

}  // namespace tessera::cpu
