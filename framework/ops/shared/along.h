// Adds elements at places that indices name along a dim: the gradient of ops that pick elements by
// an index tensor.
#pragma once

#include "framework/ops/ops.h"

namespace tessera {

/// Zeros of `shape` into which `updates` are added: element (…, j, …) of `updates` at (…,
/// indices[…, j, …], …) along `dim`. `indices` are i32 and have the shape of `updates`, which
/// is `shape` in all dims but `dim`.
Value add_along(Value updates, Value indices, const Shape& shape, int64_t dim);

}  // namespace tessera
