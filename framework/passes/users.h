// users: who reads a graph's values, and which nodes nobody waits for.
#pragma once

#include <vector>

#include "framework/graph/graph.h"

namespace tessera {

using Users = std::vector<std::vector<NodeId>>;  // by value, in order

Users users_of(const Graph& graph);

/// The operands that a node overwrites for its results.
std::vector<ValueId> donated(const Graph& graph, const Node& node);

/// By node: it gives nothing but new states, and no other node reads the states it reads.
std::vector<bool> state_sinks(const Graph& graph, const Users& users);

}  // namespace tessera
