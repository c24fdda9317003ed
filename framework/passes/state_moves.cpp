#include "framework/passes/state_moves.h"

#include <algorithm>

#include "framework/graph/op_def.h"
#include "framework/passes/storage.h"

namespace tessera {

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

bool moves_states(const Graph& graph, const Node& node) {
  return node.op->collective && std::all_of(node.inputs.begin(), node.inputs.end(), [&](ValueId v) {
           return graph.value(viewed(graph, v)).node < 0;
         });
}

}  // namespace tessera
