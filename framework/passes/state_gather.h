// state_gather: gathers of states, or of views of them, as sharded parameters need them before they are used. They wait for
// nothing, so that bucket may join them and overlap may start them early.
#pragma once

#include "framework/graph/graph.h"

namespace tessera {

/// Whether the node gives another view of its operand's memory and computes nothing.
bool is_view(const Graph& graph, const Node& node);

/// What `value` is a view of, through any number of views; itself when it is none.
ValueId viewed(const Graph& graph, ValueId value);

/// An all_gather whose operands are inputs of the graph, or views of inputs.
bool gathers_states(const Graph& graph, const Node& node);

}  // namespace tessera
