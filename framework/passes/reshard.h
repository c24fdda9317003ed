// reshard: one move between layouts, as nodes of a local graph: a collective over one axis, and the
// transposes that bring the dim that is joined or cut to the front, where collectives work.
#pragma once

#include "framework/graph/graph.h"
#include "framework/mesh/transition.h"

namespace tessera {

/// The part of a value of `whole` shape after the move; `local` is the part that a rank holds
/// before, in layout `from`. `wire` is the type in which sums travel.
Value reshard(Value local, const Shape& whole, const Layout& from, const Move& move,
              const Mesh& mesh, const std::string& name, DType wire);

}  // namespace tessera
