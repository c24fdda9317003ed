// What elementwise ops share: types by broadcasting, and an index rule in which every dim may be
// split.
#pragma once

#include "framework/ops/ops.h"

namespace tessera {

/// Result type for one float operand: the operand's type.
std::vector<TensorType> infer_unary(TypeSpan in, const Attrs& attrs);

/// Result type for two operands of one dtype (no booleans), broadcast.
std::vector<TensorType> infer_binary(TypeSpan in, const Attrs& attrs);

/// Result type for two float operands of one dtype, broadcast.
std::vector<TensorType> infer_float_binary(TypeSpan in, const Attrs& attrs);

/// Result type, a boolean, for two operands of one dtype, broadcast.
std::vector<TensorType> infer_comparison(TypeSpan in, const Attrs& attrs);

/// Every dim splits; operands of size one stay whole where broadcasting stretches them.
IndexRule elementwise_rule(TypeSpan in, TypeSpan out, const Attrs& attrs);

/// The result may take the place of any operand of the same type.
std::vector<Alias> elementwise_alias(TypeSpan in, TypeSpan out, const Attrs& attrs);

}  // namespace tessera
