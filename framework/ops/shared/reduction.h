// What reductions share: attributes `dims` (list of dims, negative from the end; empty: all),
// `keep`, and `to` (dtype of the result, default the operand's).
#pragma once

#include "framework/core/dims.h"
#include "framework/ops/ops.h"

namespace tessera {

std::vector<TensorType> infer_reduction(TypeSpan in, const Attrs& attrs);

/// Kept dims split; reduced dims give partial sums (`sum_rule`) or partial maxima (`max_rule`), or
/// must be whole.
IndexRule sum_rule(TypeSpan in, TypeSpan out, const Attrs& attrs);
IndexRule max_rule(TypeSpan in, TypeSpan out, const Attrs& attrs);
IndexRule whole_reduction_rule(TypeSpan in, TypeSpan out, const Attrs& attrs);

/// `y`, the result of a reduction, stretched over the reduced dims to `shape` again.
Value expand_reduced(Value y, const Shape& shape, const Attrs& attrs);

}  // namespace tessera
