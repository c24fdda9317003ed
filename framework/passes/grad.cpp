#include "framework/passes/grad.h"

#include <algorithm>

#include "framework/graph/text.h"
#include "framework/ops/shared/fill.h"
#include "framework/passes/expand.h"

namespace tessera {
namespace {

class Backward {
 public:
  Backward(Graph& graph, Value loss, std::span<const Value> wrt)
      : graph_(graph),
        forward_(graph.nodes().size()),
        parts_(graph.values().size()),
        wanted_(influenced(wrt)) {
    require(loss.rank() == 0 && is_float(loss.dtype()), "the loss '{}' must be one float, not {}",
            loss.name(), to_string(loss.type()));
    Place place(graph, graph.nodes().empty() ? SharedText() : graph.nodes().back().where);
    parts_[static_cast<size_t>(loss.id())].push_back(
        fill(graph, 1.0, loss.type(), loss.name() + ".grad"));
    for (size_t i = forward_; i-- > 0;) node(static_cast<NodeId>(i));
  }

  Value cotangent(Value of) { return total(of.id()); }

 private:
  /// By value: whether it depends on `wrt`; only such values need a cotangent.
  std::vector<bool> influenced(std::span<const Value> wrt) const {
    std::vector<bool> yes(graph_.values().size(), false);
    for (const Value& v : wrt) yes[static_cast<size_t>(v.id())] = true;
    for (const Node& node : graph_.nodes()) {
      bool any = false;
      for (ValueId v : node.inputs) any = any || yes[static_cast<size_t>(v)];
      if (!any || node.op->stops_gradient) continue;
      for (ValueId v : node.outputs)
        if (is_float(graph_.value(v).type.dtype)) yes[static_cast<size_t>(v)] = true;
    }
    return yes;
  }

  /// The sum of the contributions to the value's cotangent; an empty Value when there are none.
  Value total(ValueId id) {
    auto& parts = parts_[static_cast<size_t>(id)];
    if (parts.empty()) return {};
    const NodeId maker = graph_.value(id).node;
    Place place(graph_, maker < 0 ? SharedText() : graph_.node(maker).where);
    // A cotangent that only passes through, as along a residual, is added last: the other
    // contributions may still be partial sums over a mesh axis, and are then reduced together.
    if (parts.size() > 2)
      std::stable_partition(parts.begin(), parts.end(),
                            [&](const Value& part) { return part.info().cotangent.primal == id; });
    Value sum = parts[0];
    for (size_t i = 1; i < parts.size(); ++i) {
      sum = ops::add(sum, parts[i], {}, graph_.value(id).name + ".grad.sum");
      graph_.mark_cotangent(sum, graph_.handle(id), false);
    }
    parts = {sum};
    const CotangentOf mark = sum.info().cotangent;
    if (mark.total) return sum;
    graph_.mark_cotangent(sum, graph_.handle(id), true);
    if (mark.primal == id) graph_.rename_value(sum, graph_.value(id).name + ".grad");
    return sum;
  }

  void node(NodeId id) {
    const Node node = graph_.node(id);  // a copy: adding nodes moves the originals
    std::vector<Value> cotangents, inputs, outputs;
    bool any = false;
    for (ValueId v : node.outputs) {
      outputs.push_back(graph_.handle(v));
      cotangents.push_back(wanted_[static_cast<size_t>(v)] ? total(v) : Value());
      any = any || cotangents.back();
    }
    if (!any) return;
    for (ValueId v : node.inputs) inputs.push_back(graph_.handle(v));
    require(node.op->grad != nullptr,
            "the op {} has no gradient, but the loss depends on a parameter through it{}\n  {}",
            node.op->name, node.where.empty() ? "" : " (built at " + node.where + ")",
            to_string(graph_, id));
    Place place(graph_, node.where);
    Scope scope(graph_, graph_.value(node.outputs[0]).name + ".grad", Scope::NamesOnly{});
    const auto parts = node.op->grad({graph_, node.attrs, inputs, outputs, cotangents});
    check(parts.size() == inputs.size(), "the gradient of {} gives {} cotangents for {} operands",
          node.op->name, parts.size(), inputs.size());
    for (size_t i = 0; i < parts.size(); ++i) {
      if (!parts[i] || !wanted_[static_cast<size_t>(inputs[i].id())]) continue;
      if (parts[i].type() != inputs[i].type())
        internal_error("the gradient of {} gives operand {} a cotangent {}, not {}", node.op->name,
                       i, to_string(parts[i].type()), to_string(inputs[i].type()));
      parts_[static_cast<size_t>(inputs[i].id())].push_back(parts[i]);
      if (parts[i].info().cotangent.primal < 0) graph_.mark_cotangent(parts[i], inputs[i], false);
    }
  }

  Graph& graph_;
  size_t forward_;
  std::vector<std::vector<Value>> parts_;  // by value: contributions to its cotangent
  std::vector<bool> wanted_;
};

}  // namespace

std::vector<Value> add_gradients(Graph& graph, Value loss, std::span<const Value> wrt) {
  Backward backward(graph, loss, wrt);
  std::vector<Value> out;
  for (const Value& v : wrt) {
    out.push_back(backward.cotangent(v));
    require(static_cast<bool>(out.back()),
            "'{}' has no gradient: the loss '{}' does not depend on it; freeze it or use it",
            v.name(), loss.name());
  }
  return out;
}

Graph expand_for_grad(const Graph& graph) {
  return expand(
      graph, [](const Node& node) { return node.op->grad == nullptr && !node.op->stops_gradient; });
}

}  // namespace tessera
