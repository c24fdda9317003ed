#include "framework/report/flops.h"

#include "framework/graph/query.h"

namespace tessera {

double flops_of(const Graph& graph, const Node& node) {
  if (!node.op->flops) return 0;
  return node.op->flops({graph, node.inputs}, {graph, node.outputs}, node.attrs);
}

std::map<std::string, double> flops_by_op(const Graph& graph) {
  std::map<std::string, double> out;
  for (const Node& node : graph.nodes())
    if (node.op->flops) out[std::string(node.op->name)] += flops_of(graph, node);
  return out;
}

double model_flops(const Graph& graph) {
  double total = 0;
  for (const Node& node : graph.nodes())
    total += flops_of(graph, node) * (1 - node.op->repeated_flops);
  return total;
}

}  // namespace tessera
