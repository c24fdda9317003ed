// What composites of fused ops share: a fused kernel computes bf16 in f32 and rounds once, so its
// composite does too.
#pragma once

#include "framework/ops/ops.h"

namespace tessera {

/// `x` as f32 when it is bf16, otherwise `x` itself.
Value widen(Value x);

/// `x` as `dtype`.
Value to_dtype(Value x, DType dtype);

/// The dtype in which values of `dtype` are computed and their statistics kept: f64 for f64,
/// otherwise f32.
constexpr DType precise(DType dtype) { return dtype == DType::f64 ? DType::f64 : DType::f32; }

/// Result type of an op's gradient op (value, cotangent): two float operands of one type, and the
/// result has that type too.
std::vector<TensorType> infer_pointwise_grad(TypeSpan in, const Attrs& attrs);

}  // namespace tessera
