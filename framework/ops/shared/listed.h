// What gather and scatter_add share: a dim of x (attribute dim), and lists of indices that name
// slices of it, one list for each entry of the first dims that x and the indices share (attribute
// batch, 0 when absent).
#pragma once

#include "framework/ops/ops.h"

namespace tessera {

/// The type of the slices of `x` that `indices` name; throws UserError when they do not fit.
TensorType listed(const TensorType& x, const TensorType& indices, const Attrs& attrs);

/// Index names of an operand with the dims of x, with `named` in place of the dim that lists name.
std::string listed_names(const TensorType& x, const Attrs& attrs, std::string_view named);

/// The names of the dims that x and the indices share.
std::string listed_batch(const Attrs& attrs);

}  // namespace tessera
