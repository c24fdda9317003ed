// expand: puts its composite in the place of every op that is asked for. Run before a plan for the ops a backend has no
// kernel for, and before `grad` for the ops that have no gradient of their own.
#pragma once

#include <functional>

#include "framework/graph/graph.h"

namespace tessera {

/// Replaces each node for whose op `wanted` holds, again and again until none is left. A node without composite stays as
/// it is.
Graph expand(Graph graph, const std::function<bool(const OpDef&)>& wanted);

}  // namespace tessera
