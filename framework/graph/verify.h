// The verifier: whether a graph is one that every pass may rely on. It runs after each pass in
// tests, and before a plan is made.
#pragma once

#include "framework/graph/graph.h"

namespace tessera {

/// Checks single assignment, order, types against each op's `infer`, unique names, ports, states
/// (each stored once, with its own type), and cotangents (of the type's shape). Throws an
/// InternalError that names the node, its path, and where it was built.
void verify(const Graph& graph);

}  // namespace tessera
