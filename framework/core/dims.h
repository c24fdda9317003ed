// Attributes that name dims of an operand, read alike by ops and kernels. Negative dims count from
// the end.
#pragma once

#include <cstdint>
#include <vector>

#include "framework/core/attrs.h"
#include "framework/core/tensor_type.h"

namespace tessera {

/// `dim` counted from the front; throws UserError when a tensor of rank `rank` has no such dim.
int64_t checked_dim(int64_t dim, int64_t rank);

/// Attribute `dims` of a reduction, counted from the front and sorted; all dims when the attribute
/// is absent or empty. Throws UserError when a dim is out of range or given twice.
std::vector<int64_t> reduced_dims(int64_t rank, const Attrs& attrs);

/// A shape as [outer, size, inner] about one of its dims: offset = (o · size + s) · inner + i.
struct DimSplit {
  int64_t outer = 1, size = 1, inner = 1;
};
DimSplit split_at(const Shape& shape, int64_t dim);

}  // namespace tessera
