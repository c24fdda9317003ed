// Box: a half-open range of global indices per dim, that is, the part of a tensor that a rank, a
// file or a batch slice holds. Partition, checkpoint and data share it; it is pure arithmetic.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "framework/core/tensor_type.h"

namespace tessera {

struct Range {
  int64_t begin = 0, end = 0;
  int64_t size() const { return end - begin; }
  bool operator==(const Range&) const = default;
};

struct Box {
  std::vector<Range> dims;

  /// The box of a whole tensor of this shape.
  static Box whole(const Shape& shape);

  Shape shape() const;
  int64_t numel() const { return tessera::numel(shape()); }
  bool contains(const Box& other) const;
  bool operator==(const Box&) const = default;
};

/// The indices that both boxes hold; nullopt when they share none. The box of a scalar (no dims)
/// intersects itself.
std::optional<Box> intersect(const Box& a, const Box& b);

/// "[0:4, 128:256]"
std::string to_string(const Box& box);

/// Copies the elements of `part` from a buffer that holds `from_box` to a buffer that holds
/// `to_box` (row-major, elements of `element_bytes`); `part` must lie inside both boxes.
void copy_box(const Box& part, const Box& from_box, const void* from, const Box& to_box, void* to,
              size_t element_bytes);

}  // namespace tessera
