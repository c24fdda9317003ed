// Product of a few rows with a weight stored by its result's columns, as in a step of generation:
// x (M, K) · wᵀ with w (N, K). The time goes into reading the weight, which is read once, where it
// lies. Each element of the result is summed in one order whatever M is, so that a sequence gets
// the same bits alone and in a batch.
#pragma once

#include <cstdint>

#include "framework/core/device_profile.h"
#include "framework/core/dtype.h"

namespace tessera::cpu {

struct FewRows {
  static constexpr int64_t kMost = 32;  // more rows are left to the library
  static constexpr int64_t kColumns = 64;

  int64_t m, n, k;
};

/// Computes columns [first, last) of the product, kColumns of them at most, in f32; rows of `out`
/// are kColumns apart.
using FewRowsFunction = void (*)(const FewRows&, const void* x, const void* w, int64_t first,
                                 int64_t last, float* out);

/// The function for operands of this type, f32 or bf16, both of one.
FewRowsFunction few_rows_function(DType dtype, Isa isa);

}  // namespace tessera::cpu
