// Layout: where a tensor lives on a mesh. A layout has, per dim, an ordered list of axes that split
// the dim, outermost first, and a set of axes over which the tensor is partial: the true value is
// the sum (or the max) over such an axis of what the ranks hold.
//   [dp, _, _]               batch split over dp, and the same on the ranks of every other axis
//   [(dp tp), _]             rows split over dp, and each part again over tp
//   [_, tp] +sum(dp)         columns split over tp, still to be summed over dp
// A dim whose size n is no multiple of its number of parts is cut into parts of ceil(n / parts):
// the last ones are shorter or empty.
#pragma once

#include <string>
#include <vector>

#include "framework/core/reduction.h"
#include "framework/mesh/box.h"
#include "framework/mesh/mesh.h"

namespace tessera {

struct Layout {
  std::vector<std::vector<AxisId>> split = {};  // by dim
  std::vector<AxisId> partial = {};             // in rising order
  Reduction reduction = Reduction::sum;         // how the partial axes are reduced

  /// The layout of a tensor that every rank holds whole.
  static Layout whole(size_t rank) { return {.split = std::vector<std::vector<AxisId>>(rank)}; }

  bool is_partial(AxisId axis) const;
  /// The dim that `axis` splits; -1 when it splits none.
  int dim_of(AxisId axis) const;
  /// This layout without its partial axes.
  Layout reduced() const { return {.split = split}; }
  Layout with_partial(AxisId axis, Reduction reduction = Reduction::sum) const;
  Layout without_partial(AxisId axis) const;

  bool operator==(const Layout& other) const {
    return split == other.split && partial == other.partial &&
           (partial.empty() || reduction == other.reduction);
  }
};

/// Throws InternalError unless every axis is an axis of the mesh and used once.
void check_layout(const Layout& layout, const Mesh& mesh);

/// The part of a tensor of `shape` that `rank` holds; its dims are empty where an uneven cut leaves
/// the rank nothing.
Box box_of(const Shape& shape, const Layout& layout, const Mesh& mesh, int64_t rank);

/// The shape that every rank allocates: ceil(n / parts) per dim, padding included.
Shape local_shape(const Shape& shape, const Layout& layout, const Mesh& mesh);

/// Whether the part of every rank has the local shape.
bool divides(const Shape& shape, const Layout& layout, const Mesh& mesh);

std::string to_string(const Layout& layout, const Mesh& mesh);

}  // namespace tessera
