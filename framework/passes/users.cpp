#include "framework/passes/users.h"

#include "framework/passes/storage.h"

namespace tessera {

Users users_of(const Graph& graph) {
  Users users(graph.values().size());
  for (size_t i = 0; i < graph.nodes().size(); ++i)
    for (ValueId v : graph.nodes()[i].inputs)
      users[static_cast<size_t>(v)].push_back(static_cast<NodeId>(i));
  return users;
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
