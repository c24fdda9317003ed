// expand: puts its composite in the place of every op that is asked for: of the ops that a backend has no kernel for, so
// that later passes remake, fuse and order what will run, and, before `grad`, of ops that have no gradient of their own.
#pragma once

#include <functional>

#include "framework/graph/graph.h"
#include "framework/graph/op_def.h"

namespace tessera {

/// Whether a backend has a kernel for an op with these attributes.
using HasKernel = std::function<bool(const OpDef& op, const Attrs& attrs)>;

/// Replaces each node for which `wanted` holds, again and again until none is left. A node without composite stays as it
/// is.
Graph expand(Graph graph, const std::function<bool(const Node&)>& wanted);

/// The graph for a backend: composites stand for the ops that it has no kernel for. Collectives need none.
Graph expand_for(Graph graph, const HasKernel& has_kernel);

}  // namespace tessera
