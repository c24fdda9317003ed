// FLOPs of a graph's matrix products and attention, counted from its nodes (2 per multiply-add).
#pragma once

#include <map>
#include <string>

#include "framework/graph/graph.h"

namespace tessera {

/// FLOPs of one node; 0 for an op that states none.
double flops_of(const Graph& graph, const Node& node);

/// FLOPs by op; ops with none are left out.
std::map<std::string, double> flops_by_op(const Graph& graph);

/// FLOPs of the model: without what ops compute a second time.
double model_flops(const Graph& graph);

}  // namespace tessera
