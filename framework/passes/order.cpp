#include "framework/passes/order.h"

#include "framework/graph/op_def.h"
#include "framework/passes/rewrite.h"

namespace tessera {
namespace {

bool donates(const Graph& graph, const Node& node) {
  if (!node.op->alias) return false;
  std::vector<TensorType> in, out;
  for (ValueId v : node.inputs) in.push_back(graph.value(v).type);
  for (ValueId v : node.outputs) out.push_back(graph.value(v).type);
  for (const Alias& alias : node.op->alias(in, out, node.attrs))
    if (alias.kind == Alias::Kind::donate) return true;
  return false;
}

}  // namespace

Graph order(const Graph& source) {
  // A node can wait when it reads nothing that dies or changes: inputs of the graph and results of nodes that wait too.
  // States that some node overwrites in place change, so their readers stay where they are.
  std::vector<bool> fixed(source.values().size(), false);
  for (const Node& node : source.nodes())
    if (donates(source, node))
      for (ValueId v : node.inputs) fixed[static_cast<size_t>(v)] = true;
  std::vector<bool> waits(source.nodes().size(), false);
  for (size_t i = 0; i < source.nodes().size(); ++i) {
    const Node& node = source.nodes()[i];
    waits[i] = !donates(source, node);
    for (ValueId v : node.inputs) {
      const NodeId maker = source.value(v).node;
      waits[i] = waits[i] && !fixed[static_cast<size_t>(v)] &&
                 (maker < 0 || waits[static_cast<size_t>(maker)]);
    }
  }
  Rewriter r(source);
  r.copy_inputs();
  const auto emit = [&](auto&& self, const Node& node) -> void {
    if (r.has(node.outputs[0])) return;
    for (ValueId v : node.inputs)
      if (!r.has(v)) self(self, source.node(source.value(v).node));
    r.copy(node);
  };
  for (size_t i = 0; i < source.nodes().size(); ++i)
    if (!waits[i]) emit(emit, source.nodes()[i]);
  for (const Port& port : source.outputs())
    if (!r.has(port.value)) emit(emit, source.node(source.value(port.value).node));
  r.copy_outputs();
  return r.finish();
}

}  // namespace tessera
