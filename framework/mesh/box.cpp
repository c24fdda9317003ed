#include "framework/mesh/box.h"

#include <algorithm>
#include <cstring>

namespace tessera {

Box Box::whole(const Shape& shape) {
  Box box;
  for (int64_t dim : shape) box.dims.push_back({0, dim});
  return box;
}

Shape Box::shape() const {
  Shape out;
  for (const Range& r : dims) out.push_back(r.size());
  return out;
}

bool Box::contains(const Box& other) const {
  if (dims.size() != other.dims.size()) return false;
  for (size_t i = 0; i < dims.size(); ++i)
    if (other.dims[i].begin < dims[i].begin || other.dims[i].end > dims[i].end) return false;
  return true;
}

std::optional<Box> intersect(const Box& a, const Box& b) {
  check(a.dims.size() == b.dims.size(), "boxes {} and {} differ in rank", to_string(a),
        to_string(b));
  Box out;
  for (size_t i = 0; i < a.dims.size(); ++i) {
    const Range r{std::max(a.dims[i].begin, b.dims[i].begin),
                  std::min(a.dims[i].end, b.dims[i].end)};
    if (r.begin >= r.end) return std::nullopt;
    out.dims.push_back(r);
  }
  return out;
}

std::string to_string(const Box& box) {
  std::string out = "[";
  for (size_t i = 0; i < box.dims.size(); ++i)
    out += fmt::format("{}{}:{}", i ? ", " : "", box.dims[i].begin, box.dims[i].end);
  return out + "]";
}

void copy_box(const Box& part, const Box& from_box, const void* from, const Box& to_box, void* to,
              size_t element_bytes) {
  check(from_box.contains(part) && to_box.contains(part), "box {} is not inside {} and {}",
        to_string(part), to_string(from_box), to_string(to_box));
  const size_t rank = part.dims.size();
  const Shape shape = part.shape(), from_strides = strides_of(from_box.shape()),
              to_strides = strides_of(to_box.shape());
  if (part.numel() == 0) return;
  // Elements that are contiguous in both buffers.
  const int64_t run = rank == 0 ? 1 : shape[rank - 1];
  Shape index(rank, 0);
  while (true) {
    int64_t source = 0, target = 0;
    for (size_t d = 0; d < rank; ++d) {
      source += (part.dims[d].begin + index[d] - from_box.dims[d].begin) * from_strides[d];
      target += (part.dims[d].begin + index[d] - to_box.dims[d].begin) * to_strides[d];
    }
    std::memcpy(static_cast<char*>(to) + static_cast<size_t>(target) * element_bytes,
                static_cast<const char*>(from) + static_cast<size_t>(source) * element_bytes,
                static_cast<size_t>(run) * element_bytes);
    size_t d = rank;
    while (d-- > 1) {
      if (++index[d - 1] < shape[d - 1]) break;
      index[d - 1] = 0;
    }
    if (rank <= 1 || d == 0) return;
  }
}

}  // namespace tessera
