#include "framework/passes/expand.h"

#include "framework/passes/rewrite.h"

namespace tessera {

Graph expand(Graph graph, const std::function<bool(const Node&)>& wanted) {
  const auto open = [&] {
    for (const Node& node : graph.nodes())
      if (node.op->composite && wanted(node)) return true;
    return false;
  };
  while (open())
    graph = rewrite(graph, [&](Rewriter& r, const Node& node) {
      if (!node.op->composite || !wanted(node)) return false;
      Place place(r.graph(), node.where);
      Scope scope(r.graph(), r.source().value(node.outputs[0]).name, Scope::NamesOnly{});
      const auto results = node.op->composite(r.graph(), r.operands(node), node.attrs);
      check(results.size() == node.outputs.size(), "the composite of {} has {} results",
            node.op->name, results.size());
      for (size_t i = 0; i < results.size(); ++i) {
        const TensorType& wanted_type = r.source().value(node.outputs[i]).type;
        if (results[i].type() != wanted_type)
          internal_error("the composite of {} gives {}, not {}", node.op->name,
                         to_string(results[i].type()), to_string(wanted_type));
        r.replace(node.outputs[i], results[i]);
      }
      return true;
    });
  return graph;
}

Graph expand_for(Graph graph, const HasKernel& has_kernel) {
  return expand(std::move(graph), [&](const Node& node) {
    return !node.op->collective && !has_kernel(*node.op, node.attrs);
  });
}

}  // namespace tessera
