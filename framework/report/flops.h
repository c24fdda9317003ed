// FLOPs of a graph's matrix products and attention, counted from its nodes (2 per multiply-add).
#pragma once

#include <map>
#include <string>

#include "framework/graph/graph.h"

namespace tessera {

/// Of one node; 0 for an op without any.
double flops_of(const Graph& graph, const Node& node);

/// By op, ops without any left out.
std::map<std::string, double> flops_by_op(const Graph& graph);

/// Those of the model: without what ops compute a second time.
double model_flops(const Graph& graph);

}  // namespace tessera
