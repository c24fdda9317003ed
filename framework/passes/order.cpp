#include "framework/passes/order.h"

#include <algorithm>

#include "framework/graph/query.h"
#include "framework/passes/rewrite.h"

namespace tessera {

Graph order(const Graph& source) {
  // A node can wait when waiting keeps nothing in memory: when it reads inputs of the graph, and
  // results of nodes that wait too and that only it reads. States that some node overwrites in
  // place change, so their readers stay where they are.
  const std::vector<bool> needed = needed_nodes(source);
  const Users users = users_of(source, needed);
  std::vector<bool> fixed(source.values().size(), false), waits(source.nodes().size(), false);
  for (size_t i = 0; i < source.nodes().size(); ++i) {
    if (!needed[i]) continue;
    const std::vector<ValueId> overwritten = donated(source, source.nodes()[i]);
    waits[i] = overwritten.empty();
    for (ValueId v : overwritten) fixed[static_cast<size_t>(v)] = true;
  }
  for (size_t i = 0; i < source.nodes().size(); ++i) {
    const Node& node = source.nodes()[i];
    for (ValueId v : node.inputs) {
      const NodeId maker = source.value(v).node;
      const bool alone = users[static_cast<size_t>(v)].size() == 1;
      waits[i] = waits[i] && !fixed[static_cast<size_t>(v)] &&
                 (maker < 0 || (alone && waits[static_cast<size_t>(maker)]));
    }
  }
  const std::vector<bool> sinks = state_sinks(source, users);
  std::vector<NodeId> sequence;
  std::vector<bool> placed(source.nodes().size(), false);
  const auto place = [&](NodeId id) {
    placed[static_cast<size_t>(id)] = true;
    sequence.push_back(id);
  };
  const auto is_there = [&](ValueId v) {
    const NodeId maker = source.value(v).node;
    return maker < 0 || placed[static_cast<size_t>(maker)];
  };
  const auto emit = [&](auto&& self, NodeId id) -> void {
    if (placed[static_cast<size_t>(id)]) return;
    const Node& node = source.node(id);
    for (ValueId v : node.inputs)
      if (!is_there(v)) self(self, source.value(v).node);
    if (placed[static_cast<size_t>(id)])
      return;  // a sink that ran as soon as its operands were there
    place(id);
    for (ValueId v : node.outputs)
      for (NodeId user : users[static_cast<size_t>(v)]) {
        const Node& next = source.node(user);
        if (!sinks[static_cast<size_t>(user)] || placed[static_cast<size_t>(user)]) continue;
        if (std::all_of(next.inputs.begin(), next.inputs.end(), is_there)) place(user);
      }
  };
  for (size_t i = 0; i < source.nodes().size(); ++i)
    if (needed[i] && !waits[i]) emit(emit, static_cast<NodeId>(i));
  for (const Port& port : source.outputs())
    if (!is_there(port.value)) emit(emit, source.value(port.value).node);
  if (sequence.size() == source.nodes().size() && std::is_sorted(sequence.begin(), sequence.end()))
    return unchanged(source);
  Rewriter r(source);
  r.copy_inputs();
  for (NodeId id : sequence) r.copy(source.node(id));
  r.copy_outputs();
  return r.finish();
}

}  // namespace tessera
