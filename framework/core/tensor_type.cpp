#include "framework/core/tensor_type.h"

#include <algorithm>

namespace tessera {

int64_t numel(const Shape& shape) {
  // The size of this many elements of the widest type, in bytes, is still a signed 64-bit number.
  constexpr int64_t kMost = int64_t{1} << 59;
  int64_t n = 1;
  for (int64_t dim : shape)
    if (__builtin_mul_overflow(n, dim, &n) || n > kMost) [[unlikely]]
      user_error("a tensor of shape {} has more elements than can be counted", to_string(shape));
  return n;
}

Shape strides_of(const Shape& shape) {
  Shape strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

// Messages name types whether they are needed or not, for each node that any pass adds, so the
// to_string of a shape and that of a type must be quick.
std::string to_string(const Shape& shape) {
  std::string out = "[";
  for (size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) out += ',';
    out += std::to_string(shape[i]);
  }
  out += ']';
  return out;
}

std::string to_string(const TensorType& type) {
  return std::string(to_string(type.dtype)) += to_string(type.shape);
}

Shape broadcast(const Shape& a, const Shape& b) {
  Shape out(std::max(a.size(), b.size()), 1);
  for (size_t i = 0; i < out.size(); ++i) {
    const int64_t x = i < a.size() ? a[a.size() - 1 - i] : 1;
    const int64_t y = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (x != y && x != 1 && y != 1) [[unlikely]]
      user_error("shapes {} and {} do not broadcast", to_string(a), to_string(b));
    out[out.size() - 1 - i] = x == 1 ? y : x;
  }
  return out;
}

}  // namespace tessera
