#include "framework/graph/query.h"

#include <algorithm>

namespace tessera {

Users users_of(const Graph& graph) {
  Users users(graph.values().size());
  for (size_t i = 0; i < graph.nodes().size(); ++i)
    for (ValueId v : graph.nodes()[i].inputs)
      users[static_cast<size_t>(v)].push_back(static_cast<NodeId>(i));
  return users;
}

std::vector<TensorType> types_of(const Graph& graph, const std::vector<ValueId>& values) {
  std::vector<TensorType> types;
  types.reserve(values.size());
  for (ValueId v : values) types.push_back(graph.value(v).type);
  return types;
}

std::vector<Alias> aliases_of(const Graph& graph, const Node& node) {
  if (!node.op->alias) return {};
  return node.op->alias(types_of(graph, node.inputs), types_of(graph, node.outputs), node.attrs);
}

bool is_view(const Graph& graph, const Node& node) {
  const auto aliases = aliases_of(graph, node);
  return std::any_of(aliases.begin(), aliases.end(),
                     [](const Alias& a) { return a.kind == Alias::Kind::view; });
}

ValueId viewed(const Graph& graph, ValueId value) {
  for (NodeId maker = graph.value(value).node;
       maker >= 0 && graph.node(maker).inputs.size() == 1 && is_view(graph, graph.node(maker));
       maker = graph.value(value).node)
    value = graph.node(maker).inputs[0];
  return value;
}

std::vector<ValueId> donated(const Graph& graph, const Node& node) {
  std::vector<ValueId> out;
  for (const Alias& alias : aliases_of(graph, node))
    if (alias.kind == Alias::Kind::donate)
      out.push_back(node.inputs[static_cast<size_t>(alias.input)]);
  return out;
}

std::vector<bool> state_sinks(const Graph& graph, const Users& users) {
  std::vector<bool> stored(graph.values().size(), false), state(graph.values().size(), false);
  for (const Port& port : graph.inputs())
    state[static_cast<size_t>(port.value)] = port.kind == PortKind::state;
  for (const Port& port : graph.outputs())
    if (port.kind == PortKind::state) stored[static_cast<size_t>(port.value)] = true;
  std::vector<bool> sinks;
  for (const Node& node : graph.nodes()) {
    bool sink = donated(graph, node).empty();
    for (ValueId v : node.outputs)
      sink = sink && stored[static_cast<size_t>(v)] && users[static_cast<size_t>(v)].empty();
    for (ValueId v : node.inputs)
      sink = sink && !(state[static_cast<size_t>(v)] && users[static_cast<size_t>(v)].size() > 1);
    sinks.push_back(sink);
  }
  return sinks;
}

}  // namespace tessera
