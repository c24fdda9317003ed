// Positions of elements in tensors that are read or written in the order of another shape:
// broadcast operands, transposed and cut ones, reduced dims.
#pragma once

#include <cstdint>

namespace tessera::cuda {

inline constexpr int kMostDims = 6, kMostOperands = 4;

/// Dims, the last one fastest, and the stride of each in several operands, in elements.
struct StridedDims {
  int rank;  // at least 1
  int64_t sizes[kMostDims];
  int64_t strides[kMostOperands][kMostDims];
};

}  // namespace tessera::cuda
