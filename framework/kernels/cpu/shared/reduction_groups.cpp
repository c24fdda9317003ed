#include "framework/kernels/cpu/shared/reduction_groups.h"

#include <algorithm>

namespace tessera::cpu {

std::vector<ReductionGroup> reduction_groups(const Shape& shape, const Attrs& attrs) {
  const auto dims = reduced_dims(static_cast<int64_t>(shape.size()), attrs);
  std::vector<ReductionGroup> groups;
  for (size_t d = 0; d < shape.size(); ++d) {
    if (shape[d] == 1) continue;
    const bool reduced = std::binary_search(dims.begin(), dims.end(), static_cast<int64_t>(d));
    if (groups.empty() || groups.back().reduced != reduced) groups.push_back({1, reduced});
    groups.back().size *= shape[d];
  }
  if (groups.empty()) groups.push_back({});
  return groups;
}

}  // namespace tessera::cpu
