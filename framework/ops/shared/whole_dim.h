// What softmax and its kin share: they work along one dim (attribute `dim`, negative from the end),
// which must be whole. Operands and results all have one type.
#pragma once

#include "framework/ops/shared/elementwise.h"

namespace tessera {

/// The attribute dim counted from the front; throws UserError when there is no such dim.
int64_t whole_dim(int64_t rank, const Attrs& attrs);

/// Result types for one operand, and for a value with its cotangent.
std::vector<TensorType> infer_whole_dim(TypeSpan in, const Attrs& attrs);
std::vector<TensorType> infer_whole_dim_grad(TypeSpan in, const Attrs& attrs);

/// All dims split but the attribute's.
IndexRule whole_dim_rule(TypeSpan in, TypeSpan out, const Attrs& attrs);

}  // namespace tessera
