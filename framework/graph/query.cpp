#include "framework/graph/query.h"

#include <algorithm>
#include <utility>

namespace tessera {
namespace {

/// By node: whether one of its results is wanted, or a wanted value is made from one.
std::vector<bool> makers_of(const Graph& graph, std::vector<bool> wanted) {
  std::vector<bool> makers(graph.nodes().size(), false);
  for (size_t i = graph.nodes().size(); i-- > 0;) {
    const Node& node = graph.nodes()[i];
    makers[i] = std::any_of(node.outputs.begin(), node.outputs.end(),
                            [&](ValueId v) { return wanted[static_cast<size_t>(v)]; });
    if (makers[i])
      for (ValueId v : node.inputs) wanted[static_cast<size_t>(v)] = true;
  }
  return makers;
}

}  // namespace

Users users_of(const Graph& graph) {
  return users_of(graph, std::vector<bool>(graph.nodes().size(), true));
}

Users users_of(const Graph& graph, const std::vector<bool>& marked) {
  Users users(graph.values().size());
  for (size_t i = 0; i < graph.nodes().size(); ++i)
    if (marked[i])
      for (ValueId v : graph.nodes()[i].inputs)
        users[static_cast<size_t>(v)].push_back(static_cast<NodeId>(i));
  return users;
}

Users readers_of(const Graph& graph) {
  Users readers = users_of(graph);
  for (const Port& port : graph.outputs())
    readers[static_cast<size_t>(port.value)].push_back(static_cast<NodeId>(graph.nodes().size()));
  return readers;
}

std::vector<TensorType> types_of(const Graph& graph, std::span<const ValueId> values) {
  std::vector<TensorType> types;
  types.reserve(values.size());
  for (ValueId v : values) types.push_back(graph.value(v).type);
  return types;
}

std::vector<bool> ancestors_of(const Graph& graph, ValueId value) {
  std::vector<bool> wanted(graph.values().size(), false);
  wanted[static_cast<size_t>(value)] = true;
  return makers_of(graph, std::move(wanted));
}

std::vector<bool> needed_nodes(const Graph& graph) {
  std::vector<bool> wanted(graph.values().size(), false);
  for (const Port& port : graph.outputs()) wanted[static_cast<size_t>(port.value)] = true;
  return makers_of(graph, std::move(wanted));
}

std::vector<Alias> aliases_of(const Graph& graph, const Node& node) {
  if (!node.op->alias) return {};
  return node.op->alias({graph, node.inputs}, {graph, node.outputs}, node.attrs);
}

bool is_view(const Graph& graph, const Node& node) {
  const auto aliases = aliases_of(graph, node);
  return std::any_of(aliases.begin(), aliases.end(),
                     [](const Alias& a) { return a.kind == Alias::Kind::view; });
}

bool is_whole_view(const Graph& graph, const Node& node) {
  return node.inputs.size() == 1 && node.outputs.size() == 1 && is_view(graph, node) &&
         graph.value(node.inputs[0]).type.bytes() == graph.value(node.outputs[0]).type.bytes();
}

bool shows_elements(const Graph& graph, const Node& node) {
  return node.inputs.size() == 1 && (node.op->shows == Shows::elements || is_view(graph, node));
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

std::string_view layer_of(std::string_view name) {
  constexpr std::string_view kLayer = "layer.";
  for (size_t at = name.find(kLayer); at != std::string_view::npos;
       at = name.find(kLayer, at + 1)) {
    if (at > 0 && name[at - 1] != '.') continue;
    const size_t digits = at + kLayer.size(),
                 end = std::min(name.find_first_not_of("0123456789", digits), name.size());
    if (end > digits && (end == name.size() || name[end] == '.')) return name.substr(0, end);
  }
  return {};
}

}  // namespace tessera
