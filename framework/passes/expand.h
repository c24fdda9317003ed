// expand: replaces ops by their composites: those that a backend has no kernel for, so that later
// passes remake, fuse and order what will run, and, before `grad`, those that have no gradient of
// their own.
#pragma once

#include <functional>

#include "framework/graph/graph.h"
#include "framework/graph/op_def.h"

namespace tessera {

/// Whether a backend has a kernel for an op with these attributes.
using HasKernel = std::function<bool(const OpDef& op, const Attrs& attrs)>;

/// Replaces each node for which `wanted` holds by its composite, again and again until none is
/// left. A node whose op has no composite stays as it is.
Graph expand(Graph graph, const std::function<bool(const Node&)>& wanted);

/// The graph for a backend, with composites in place of the ops that the backend has no kernel for.
/// Collectives need no kernel.
Graph expand_for(Graph graph, const HasKernel& has_kernel);

}  // namespace tessera
