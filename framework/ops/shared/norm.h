// What layer_norm and rms_norm share: x [rows…, D] normalized over its last dim, gains (and
// biases) [D], statistics [rows…] in f32 (f64 for f64), attribute eps, and attribute out when the
// result's dtype is not that of x.
#pragma once

#include "framework/ops/shared/precise.h"

namespace tessera {

/// Types (y, then `statistics` per row) from (x, then `weights` of shape [D]).
std::vector<TensorType> infer_norm(TypeSpan in, const Attrs& attrs, size_t weights,
                                   size_t statistics);

/// Types (dx, then a gradient per weight) from (x, gain, `statistics` per row, dy) and, with
/// attribute add, a tensor like x that is added to dx.
std::vector<TensorType> infer_norm_grad(TypeSpan in, const Attrs& attrs, size_t weights,
                                        size_t statistics);

/// Rows split and the normalized dim is whole; sums over rows (gradients of weights) are partial
/// where rows are split.
IndexRule norm_rule(TypeSpan in, TypeSpan out, const Attrs& attrs);
IndexRule norm_grad_rule(TypeSpan in, TypeSpan out, const Attrs& attrs);

/// y, or dx, may take the place of any operand of its type: each row is read before it is written.
std::vector<Alias> norm_alias(TypeSpan in, TypeSpan out, const Attrs& attrs);

/// Mean over the last dim, which stays as size one.
Value mean_of_rows(Value x);

/// `x` without its last dim, which has size one.
Value per_row(Value x);

/// Contributions to dx from cotangents of statistics, which are seldom there. `spread` gives each
/// element of a row `scale` / D of the row's value. `rstd_grad` is the contribution of rstd; its
/// `mean` is an empty Value for a norm that takes off no mean.
Value spread(Value rows, Value x, double scale);
Value rstd_grad(Value drstd, Value x, Value mean, Value rstd);

/// `sum` + `more`, or `more` when `sum` is an empty Value.
Value add_to(Value sum, Value more);

}  // namespace tessera
