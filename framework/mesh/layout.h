// Layout: where a tensor lives on a mesh. Per dim an ordered list of axes that split it, outermost first, and a set of
// axes over which it is partial: the true value is the sum (or the max) over that axis of what the ranks hold.
//   [dp, _, _]               batch split over dp, the same on all else
//   [(dp tp), _]             rows split over dp, and each part again over tp
//   [_, tp] +sum(dp)         columns split over tp, still to be summed over dp
// A dim that does not divide is cut into parts of ceil(n / parts): the last ones are shorter or empty.
#pragma once

#include <string>
#include <vector>

#include "framework/core/reduction.h"
#include "framework/mesh/box.h"
#include "framework/mesh/mesh.h"

namespace tessera {

struct Layout {
  std::vector<std::vector<AxisId>> split = {};  // by dim
  std::vector<AxisId> partial = {};             // rising
  Reduction reduction = Reduction::sum;         // of the partial axes

  /// Whole on every rank.
  static Layout whole(size_t rank) { return {.split = std::vector<std::vector<AxisId>>(rank)}; }

  bool is_partial(AxisId axis) const;
  /// The dim that `axis` splits; -1: none.
  int dim_of(AxisId axis) const;
  /// The same split, nothing left to be summed.
  Layout reduced() const { return {.split = split}; }
  Layout with_partial(AxisId axis, Reduction reduction = Reduction::sum) const;
  Layout without_partial(AxisId axis) const;

  bool operator==(const Layout& other) const {
    return split == other.split && partial == other.partial &&
           (partial.empty() || reduction == other.reduction);
  }
};

/// InternalError unless every axis is one of the mesh and used once.
void check_layout(const Layout& layout, const Mesh& mesh);

/// The part of a tensor of `shape` that `rank` holds; empty dims where an uneven cut leaves it nothing.
Box box_of(const Shape& shape, const Layout& layout, const Mesh& mesh, int64_t rank);

/// The shape that every rank allocates: ceil(n / parts) per dim, padding included.
Shape local_shape(const Shape& shape, const Layout& layout, const Mesh& mesh);

/// Whether every rank's part is of the local shape.
bool divides(const Shape& shape, const Layout& layout, const Mesh& mesh);

std::string to_string(const Layout& layout, const Mesh& mesh);

}  // namespace tessera
