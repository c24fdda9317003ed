#include "framework/ops/shared/along.h"

#include <limits>

#include "framework/ops/iota.h"
#include "framework/ops/shared/fill.h"

namespace tessera {

Value add_along(Value updates, Value indices, const Shape& shape, int64_t dim) {
  const int64_t n = numel(shape);
  require(n <= std::numeric_limits<int32_t>::max(), "{} has too many elements for i32 indices",
          to_string(shape));
  Graph& graph = updates.graph();
  // Flat positions: the index along `dim`, and the element's own place along the other dims.
  const Shape strides = strides_of(shape);
  Value flat = indices * static_cast<double>(strides[static_cast<size_t>(dim)]);
  for (size_t d = 0; d < shape.size(); ++d) {
    if (static_cast<int64_t>(d) == dim || shape[d] == 1) continue;
    Shape line(shape.size(), 1);
    line[d] = shape[d];
    flat = flat + iota(graph, {DType::i32, line}, static_cast<int64_t>(d)) *
                      static_cast<double>(strides[d]);
  }
  const Shape list{updates.type().numel()};
  const Value zeros = fill(graph, 0.0, {updates.dtype(), {n}}, "zeros");
  const Value sum =
      ops::scatter_add(zeros, ops::reshape(flat, {{"shape", list}}),
                       ops::reshape(updates, {{"shape", list}}), {{"dim", int64_t{0}}});
  return ops::reshape(sum, {{"shape", shape}});
}

}  // namespace tessera
