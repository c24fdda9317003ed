// A dense result filled from a buffer that is read with strides: transpose and slice are such
// copies. Neighbouring dims that lie alike in both are merged; runs are copied whole, and where the
// innermost strides differ blocks of both dims are kept in cache.
#pragma once

#include <vector>

#include "framework/core/tensor_type.h"

namespace tessera::cpu {

class StridedCopy {
 public:
  /// Element (i0, i1, …) of the result of `shape` comes from position Σ i · strides of the
  /// source.
  StridedCopy(const Shape& shape, const Shape& strides, DType dtype);

  void run(const void* from, void* to) const;

 private:
  template <typename T>
  void run_rows(const T* from, T* to) const;
  template <typename T>
  void run_blocks(const T* from, T* to) const;

  struct Dim {
    int64_t size, from, to;  // strides in elements
  };
  /// Offsets in source and result for the `i`-th combination of the outer dims.
  std::pair<int64_t, int64_t> outer_at(int64_t i) const;

  size_t element_bytes_;
  std::vector<Dim> outer_;  // outermost first
  int64_t outer_count_ = 1;
  Dim row_{1, 1, 1};    // the result's innermost dim
  Dim other_{1, 1, 1};  // the dim that is contiguous in the source, when that is not `row_`
};

}  // namespace tessera::cpu
