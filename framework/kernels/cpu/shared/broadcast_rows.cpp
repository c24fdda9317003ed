#include "framework/kernels/cpu/shared/broadcast_rows.h"

#include <algorithm>

namespace tessera::cpu {

BroadcastRows::BroadcastRows(std::span<const TensorType> in, const Shape& out)
    : operands_(in.size()) {
  check(in.size() <= kMostOperands, "an elementwise kernel with {} operands", in.size());
  std::vector<Dim> dims;  // innermost first, merged
  // The stride of each operand if its next dim is not broadcast.
  std::array<int64_t, kMostOperands> next;
  next.fill(1);
  for (size_t d = 0; d < out.size(); ++d) {  // from the last dim on
    const int64_t size = out[out.size() - 1 - d];
    Dim dim{size, {}};
    for (size_t k = 0; k < operands_; ++k) {
      const Shape& shape = in[k].shape;
      const int64_t own = d < shape.size() ? shape[shape.size() - 1 - d] : 1;
      dim.strides[k] = own == 1 ? 0 : next[k];
      next[k] *= own;
    }
    if (size == 1) continue;
    bool same = !dims.empty();
    for (size_t k = 0; k < operands_ && same; ++k)
      same = dim.strides[k] == dims.back().strides[k] * dims.back().size;
    if (same)
      dims.back().size *= size;
    else
      dims.push_back(dim);
  }
  if (!dims.empty()) {
    length_ = dims.front().size;
    inner_ = dims.front().strides;
    outer_.assign(dims.rbegin(), dims.rend() - 1);
    for (const Dim& dim : outer_) rows_ *= dim.size;
  }
}

std::array<int64_t, BroadcastRows::kMostOperands> BroadcastRows::offsets(int64_t row) const {
  std::array<int64_t, kMostOperands> at{};
  for (size_t d = outer_.size(); d-- > 0;) {
    const int64_t index = row % outer_[d].size;
    row /= outer_[d].size;
    for (size_t k = 0; k < operands_; ++k) at[k] += index * outer_[d].strides[k];
  }
  return at;
}

}  // namespace tessera::cpu
