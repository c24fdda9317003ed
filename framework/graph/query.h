// query: what passes ask of a graph: types of operands, who reads a value, which memory a node shares, which nodes nobody
// waits for.
#pragma once

#include <vector>

#include "framework/graph/graph.h"
#include "framework/graph/op_def.h"

namespace tessera {

using Users = std::vector<std::vector<NodeId>>;  // by value, in order

/// The nodes that read each value of the graph.
Users users_of(const Graph& graph);

/// Types of these values, in their order.
std::vector<TensorType> types_of(const Graph& graph, const std::vector<ValueId>& values);

/// The aliases of a node; none when its op declares none.
std::vector<Alias> aliases_of(const Graph& graph, const Node& node);

/// Whether the node gives another view of its operand's memory and computes nothing.
bool is_view(const Graph& graph, const Node& node);

/// What `value` is a view of, through any number of views; itself when it is none.
ValueId viewed(const Graph& graph, ValueId value);

/// The operands that a node overwrites for its results.
std::vector<ValueId> donated(const Graph& graph, const Node& node);

/// By node: it gives nothing but new states, and no other node reads the states it reads.
std::vector<bool> state_sinks(const Graph& graph, const Users& users);

}  // namespace tessera
