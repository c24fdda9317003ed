#include "framework/passes/flops.h"

#include "framework/graph/op_def.h"

namespace tessera {

std::map<std::string, double> flops_by_op(const Graph& graph) {
  std::map<std::string, double> out;
  for (const Node& node : graph.nodes()) {
    if (!node.op->flops) continue;
    std::vector<TensorType> in, results;
    for (ValueId v : node.inputs) in.push_back(graph.value(v).type);
    for (ValueId v : node.outputs) results.push_back(graph.value(v).type);
    out[std::string(node.op->name)] += node.op->flops(in, results, node.attrs);
  }
  return out;
}

double total_flops(const Graph& graph) {
  double total = 0;
  for (const auto& [op, flops] : flops_by_op(graph)) total += flops;
  return total;
}

}  // namespace tessera
