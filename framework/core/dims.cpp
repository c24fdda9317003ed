#include "framework/core/dims.h"

#include <algorithm>

namespace tessera {

int64_t checked_dim(int64_t dim, int64_t rank) {
  require(dim >= -rank && dim < rank, "there is no dim {} in rank {}", dim, rank);
  return dim < 0 ? dim + rank : dim;
}

std::vector<int64_t> reduced_dims(int64_t rank, const Attrs& attrs) {
  std::vector<int64_t> dims = attrs.has("dims") ? attrs.list("dims") : std::vector<int64_t>{};
  if (dims.empty())
    for (int64_t i = 0; i < rank; ++i) dims.push_back(i);
  for (int64_t& d : dims) d = checked_dim(d, rank);
  std::sort(dims.begin(), dims.end());
  require(std::adjacent_find(dims.begin(), dims.end()) == dims.end(), "a dim is reduced twice");
  return dims;
}

DimSplit split_at(const Shape& shape, int64_t dim) {
  const auto at = static_cast<size_t>(checked_dim(dim, static_cast<int64_t>(shape.size())));
  DimSplit split;
  for (size_t d = 0; d < shape.size(); ++d)
    (d < at ? split.outer : d == at ? split.size : split.inner) *= shape[d];
  return split;
}

}  // namespace tessera
