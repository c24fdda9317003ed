// grad: reverse-mode differentiation, graph to graph. Each op's gradient is itself written in graph
// ops, so the result is an ordinary graph that later passes see whole. Every total cotangent is
// marked as belonging to its value.
#pragma once

#include <span>
#include <vector>

#include "framework/graph/graph.h"

namespace tessera {

/// Appends the gradient of the scalar `loss` with respect to each of `wrt` and returns the
/// gradients, in the order and types of `wrt`. Contributions to one value are added in program
/// order. Values on which no `wrt` has an influence get no cotangent. Throws UserError when the
/// loss does not depend on one of `wrt` (freeze it) or when an op on the way has no gradient. Ops
/// without a gradient of their own must have been replaced by their composites (expand_for_grad).
std::vector<Value> add_gradients(Graph& graph, Value loss, std::span<const Value> wrt);

/// `graph` with composites in place of the ops that have a composite and no gradient of their own.
Graph expand_for_grad(const Graph& graph);

}  // namespace tessera
