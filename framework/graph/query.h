// query: what passes ask of a graph: the types of operands, who reads a value, which memory a node
// shares, what a value is made from, which nodes nobody waits for, and in which layer of the model
// a name lies.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "framework/graph/graph.h"
#include "framework/graph/op_def.h"

namespace tessera {

using Users = std::vector<InlineVector<NodeId, 2>>;  // by value; each list in program order

/// The nodes that read each value of the graph.
Users users_of(const Graph& graph);

/// The nodes that read each value; only nodes that `marked` (by node) has are counted.
Users users_of(const Graph& graph, const std::vector<bool>& marked);

/// The nodes that read each value, and behind them the graph's outputs, as readers that come after
/// all nodes: their id is the number of nodes.
Users readers_of(const Graph& graph);

/// Types of `values`, in their order.
std::vector<TensorType> types_of(const Graph& graph, std::span<const ValueId> values);

/// By node: whether `value` is made from the node's results.
std::vector<bool> ancestors_of(const Graph& graph, ValueId value);

/// By node: whether some output of the graph is made from the node's results.
std::vector<bool> needed_nodes(const Graph& graph);

/// The aliases of a node; none when its op declares none.
std::vector<Alias> aliases_of(const Graph& graph, const Node& node);

/// Whether some result of the node is a window on an operand's memory.
bool is_view(const Graph& graph, const Node& node);

/// Whether the node gives all elements of its one operand's memory under another shape, and
/// computes nothing.
bool is_whole_view(const Graph& graph, const Node& node);

/// Whether the node computes nothing and gives elements of its one operand, in the operand's memory
/// or in other memory.
bool shows_elements(const Graph& graph, const Node& node);

/// The value that `value` is a view of, through any number of views; `value` itself when it is no
/// view.
ValueId viewed(const Graph& graph, ValueId value);

/// The operands that a node overwrites for its results.
std::vector<ValueId> donated(const Graph& graph, const Node& node);

/// By node: whether all its results are new states that no node reads, it overwrites no operand,
/// and no other node reads the states that it reads.
std::vector<bool> state_sinks(const Graph& graph, const Users& users);

/// The layer in which a name lies, "gpt.layer.3" for "gpt.layer.3.mlp.up", "encoder.layer.0" for
/// "encoder.layer.0.norm.gain": the name up to the first number behind a part "layer". Empty
/// outside of layers.
std::string_view layer_of(std::string_view name);

}  // namespace tessera
