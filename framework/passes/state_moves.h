// state_moves: collectives whose operands are states, or views of them: gathers of sharded parameters, sums of accumulated
// gradients. They wait for nothing, so that bucket may join them and overlap may start them early.
#pragma once

#include "framework/graph/graph.h"

namespace tessera {

/// Whether the node gives another view of its operand's memory and computes nothing.
bool is_view(const Graph& graph, const Node& node);

/// What `value` is a view of, through any number of views; itself when it is none.
ValueId viewed(const Graph& graph, ValueId value);

/// A collective whose operands are inputs of the graph, or views of inputs.
bool moves_states(const Graph& graph, const Node& node);

}  // namespace tessera
