// Attribute `dims` of a reduction: which dims of an operand are reduced. Ops and kernels read it alike.
#pragma once

#include <cstdint>
#include <vector>

#include "framework/core/attrs.h"

namespace tessera {

/// The reduced dims, counted from the front, sorted; absent or empty: all. UserError when one is out of range or doubled.
std::vector<int64_t> reduced_dims(int64_t rank, const Attrs& attrs);

/// `dim` counted from the front; UserError when rank `rank` has no such dim.
int64_t checked_dim(int64_t dim, int64_t rank);

}  // namespace tessera
