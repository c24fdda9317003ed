#include "framework/passes/state_moves.h"

#include <algorithm>

#include "framework/graph/query.h"

namespace tessera {

bool moves_states(const Graph& graph, const Node& node) {
  return node.op->collective && std::all_of(node.inputs.begin(), node.inputs.end(), [&](ValueId v) {
           return graph.value(viewed(graph, v)).node < 0;
         });
}

}  // namespace tessera
