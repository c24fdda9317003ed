// What a tensor is apart from its bytes: element type and global shape (signed 64-bit dims,
// row-major).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/core/dtype.h"

namespace tessera {

using Shape = std::vector<int64_t>;

/// Buffers of tensors, and views into them, start at multiples of this many bytes.
inline constexpr size_t kAlignment = 64;

/// Product of the dims; 1 for a scalar. Throws UserError above 2^59.
int64_t numel(const Shape& shape);

/// The number of elements between neighbouring indices of each dim, row-major.
Shape strides_of(const Shape& shape);

/// "[4,256,768]"; "[]" for a scalar.
std::string to_string(const Shape& shape);

struct TensorType {
  DType dtype = DType::f32;
  Shape shape;

  int64_t rank() const { return static_cast<int64_t>(shape.size()); }
  int64_t numel() const { return tessera::numel(shape); }
  size_t bytes() const { return static_cast<size_t>(numel()) * size_of(dtype); }
  bool operator==(const TensorType&) const = default;
};

/// "f32[4,256,768]"
std::string to_string(const TensorType& type);

/// The shape that numpy-style broadcasting gives `a` and `b`: dims are aligned at the right, and
/// dims of size 1 stretch. Throws a UserError that names both shapes when they do not fit.
Shape broadcast(const Shape& a, const Shape& b);

}  // namespace tessera

template <>
struct fmt::formatter<tessera::TensorType> : fmt::formatter<std::string_view> {
  auto format(const tessera::TensorType& type, fmt::format_context& context) const {
    return fmt::formatter<std::string_view>::format(tessera::to_string(type), context);
  }
};
