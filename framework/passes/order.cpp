#include "framework/passes/order.h"

#include <algorithm>

#include "framework/graph/query.h"
#include "framework/passes/rewrite.h"

namespace tessera {

Graph order(const Graph& source) {
  // A node can wait when waiting keeps nothing in memory: when it reads inputs of the graph, and
  // results of nodes that wait too and that only it reads. States that some node overwrites in
  // place change, so their readers stay where they are.
  const Users users = users_of(source);
  std::vector<bool> fixed(source.values().size(), false);
  for (const Node& node : source.nodes())
    for (ValueId v : donated(source, node)) fixed[static_cast<size_t>(v)] = true;
  std::vector<bool> waits(source.nodes().size(), false);
  for (size_t i = 0; i < source.nodes().size(); ++i) {
    const Node& node = source.nodes()[i];
    waits[i] = donated(source, node).empty();
    for (ValueId v : node.inputs) {
      const NodeId maker = source.value(v).node;
      const bool alone = users[static_cast<size_t>(v)].size() == 1;
      waits[i] = waits[i] && !fixed[static_cast<size_t>(v)] &&
                 (maker < 0 || (alone && waits[static_cast<size_t>(maker)]));
    }
  }
  const std::vector<bool> sinks = state_sinks(source, users);
  Rewriter r(source);
  r.copy_inputs();
  const auto emit = [&](auto&& self, const Node& node) -> void {
    if (r.has(node.outputs[0])) return;
    for (ValueId v : node.inputs)
      if (!r.has(v)) self(self, source.node(source.value(v).node));
    if (r.has(node.outputs[0])) return;  // a sink that ran as soon as its operands were there
    r.copy(node);
    for (ValueId v : node.outputs)
      for (NodeId user : users[static_cast<size_t>(v)]) {
        const Node& next = source.node(user);
        if (!sinks[static_cast<size_t>(user)] || r.has(next.outputs[0])) continue;
        if (std::all_of(next.inputs.begin(), next.inputs.end(),
                        [&](ValueId i) { return r.has(i); }))
          r.copy(next);
      }
  };
  for (size_t i = 0; i < source.nodes().size(); ++i)
    if (!waits[i]) emit(emit, source.nodes()[i]);
  for (const Port& port : source.outputs())
    if (!r.has(port.value)) emit(emit, source.node(source.value(port.value).node));
  r.copy_outputs();
  return r.finish();
}

}  // namespace tessera
