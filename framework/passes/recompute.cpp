#include "framework/passes/recompute.h"

#include <map>

#include "framework/graph/query.h"
#include "framework/passes/rewrite.h"

namespace tessera {
namespace {

class Recomputer {
 public:
  Recomputer(const Graph& source, Recompute policy, std::string_view loss)
      : source_(source),
        policy_(policy),
        forward_(ancestors_of(source, source.output(loss).value)),
        crosses_(source.values().size(), false),
        r_(source) {
    for (size_t i = 0; i < source.nodes().size(); ++i) {
      if (!forward_[i]) continue;
      const std::string_view layer = layer_of(name_of(source.nodes()[i].outputs[0]));
      for (ValueId v : source.nodes()[i].inputs)
        if (layer_of(name_of(v)) != layer) crosses_[static_cast<size_t>(v)] = true;
    }
  }

  Graph run() {
    r_.copy_inputs();
    for (size_t i = 0; i < source_.nodes().size(); ++i) {
      const Node& node = source_.nodes()[i];
      if (forward_[i]) {
        r_.copy(node);
        continue;
      }
      std::vector<Value> in;
      for (ValueId v : node.inputs) in.push_back(remade(v));
      if (r_.try_copy(node, in)) continue;
      Place place(r_.graph(), node.where);
      const auto out = r_.graph().add(*node.op, in, node.attrs, name_of(node.outputs[0]));
      for (size_t k = 0; k < out.size(); ++k) {
        if (out[k].name() != name_of(node.outputs[k]))
          r_.graph().rename_value(out[k], name_of(node.outputs[k]));
        r_.replace(node.outputs[k], out[k]);
      }
    }
    r_.copy_outputs();
    return r_.finish();
  }

 private:
  const std::string& name_of(ValueId v) const { return source_.value(v).name; }

  bool kept(ValueId v) const {
    const NodeId id = source_.value(v).node;
    if (id < 0 || !forward_[static_cast<size_t>(id)] || layer_of(name_of(v)).empty()) return true;
    if (policy_ == Recompute::full) return crosses_[static_cast<size_t>(v)];
    const Node& node = source_.node(id);
    if (is_whole_view(source_, node)) return kept(node.inputs[0]);
    if (!node.op->held) return node.op->flops != nullptr;
    return node.op->held({source_, node.inputs}, {source_, node.outputs}, node.attrs);
  }

  /// The value that stands for `v` in the backward pass: `v` itself when it is kept, otherwise its
  /// clone.
  Value remade(ValueId v) {
    if (kept(v)) return r_[v];
    if (auto it = clones_.find(v); it != clones_.end()) return it->second;
    const Node& node = source_.node(source_.value(v).node);
    std::vector<Value> in;
    for (ValueId i : node.inputs) in.push_back(remade(i));
    Place place(r_.graph(), node.where);
    const auto out = r_.graph().add(*node.op, in, node.attrs, name_of(node.outputs[0]) + ".again");
    for (size_t i = 0; i < out.size(); ++i) clones_[node.outputs[i]] = out[i];
    return clones_.at(v);
  }

  const Graph& source_;
  Recompute policy_;
  std::vector<bool> forward_, crosses_;
  Rewriter r_;
  std::map<ValueId, Value> clones_;
};

}  // namespace

Graph recompute(Graph graph, Recompute policy, std::string_view loss) {
  if (policy == Recompute::none || !graph.find_output(loss)) return graph;
  return Recomputer(graph, policy, loss).run();
}

}  // namespace tessera
