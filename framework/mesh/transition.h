// transition: the way from one layout to another, in moves along one axis each. These moves are all
// the communication there is:
//   split → whole       all_gather        partial → whole     all_reduce
//   partial → split     reduce_scatter    split(i) → split(j) all_to_all
//   whole → split       slice, which is local
// Only the innermost axis of a dim is ever added or removed, so that every move joins or cuts
// contiguous parts.
#pragma once

#include <string>
#include <vector>

#include "framework/mesh/layout.h"

namespace tessera {

struct Move {
  enum class Kind { all_gather, all_reduce, reduce_scatter, all_to_all, slice };
  Kind kind;
  AxisId axis;
  /// The dim that is gathered, scattered or sliced; in an all_to_all the dim that is joined.
  int dim = -1;
  /// The dim that an all_to_all cuts.
  int to = -1;
  Reduction reduction = Reduction::sum;
  bool operator==(const Move&) const = default;
};

std::string_view to_string(Move::Kind kind);

/// The moves in order. Throws InternalError when an axis is partial in `to` and not in `from`.
std::vector<Move> transition(const Layout& from, const Layout& to);

/// The layout after a move.
Layout apply(const Layout& layout, const Move& move);

}  // namespace tessera
