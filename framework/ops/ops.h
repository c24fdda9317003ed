// The ops by name: ops::add, ops::matmul, … Each op is one constant row (OpDef), defined in the
// file of its name, and is called like a function to add a node: Value z = ops::add(x, y).
#pragma once

#include "framework/graph/op_def.h"

namespace tessera::ops {

#define TESSERA_OP(name, reference, cpu) extern const OpDef name;
#include "framework/core/ops.def"
#undef TESSERA_OP

/// The rows of all ops, in the order of core/ops.def.
std::span<const OpDef* const> all();

}  // namespace tessera::ops

namespace tessera {

/// A scalar constant of `like`'s graph and dtype.
Value scalar_like(Value like, double value);

Value operator+(Value a, Value b);
Value operator-(Value a, Value b);
Value operator*(Value a, Value b);
Value operator/(Value a, Value b);
Value operator-(Value a);
Value operator*(Value a, double b);
Value operator+(Value a, double b);

/// `x` summed over the dims that broadcasting stretched, so that it has `shape` again.
Value sum_to(Value x, const Shape& shape);

}  // namespace tessera
