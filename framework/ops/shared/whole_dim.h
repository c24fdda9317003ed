// What ops share that work along one dim (attribute `dim`, negative from the end) which must be whole: softmax and its
// kin. Operands and results all have one type.
#pragma once

#include "framework/ops/shared/elementwise.h"

namespace tessera {

/// The attribute dim counted from the front; UserError when there is no such dim.
int64_t whole_dim(int64_t rank, const Attrs& attrs);

/// One operand, and a value with its cotangent.
std::vector<TensorType> infer_whole_dim(TypeSpan in, const Attrs& attrs);
std::vector<TensorType> infer_whole_dim_grad(TypeSpan in, const Attrs& attrs);

/// All dims split but that one.
IndexRule whole_dim_rule(TypeSpan in, TypeSpan out, const Attrs& attrs);

}  // namespace tessera
