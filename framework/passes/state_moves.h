// state_moves: collectives whose operands are states, or views of states: gathers of sharded
// parameters, sums of accumulated gradients. Such collectives wait for nothing, so bucket may join
// them and overlap may start them early.
#pragma once

#include "framework/graph/graph.h"

namespace tessera {

/// Whether the node is a collective whose operands are inputs of the graph, or views of inputs.
bool moves_states(const Graph& graph, const Node& node);

}  // namespace tessera
