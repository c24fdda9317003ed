#include "framework/passes/fuse.h"

#include <algorithm>

#include "framework/graph/query.h"
#include "framework/ops/ops.h"
#include "framework/passes/rewrite.h"

namespace tessera {
namespace {

/// The name that linear has for an activation node; empty when it has none.
std::string activation_of(const Node& node) {
  if (node.op == &ops::gelu) return "gelu_" + node.attrs.text("form");
  if (node.op == &ops::relu) return "relu";
  if (node.op == &ops::silu) return "silu";
  return "";
}

class Fuser {
 public:
  explicit Fuser(const Graph& source)
      : source_(source), users_(source.values().size()), fused_(source.nodes().size()) {
    for (size_t i = 0; i < source.nodes().size(); ++i)
      for (ValueId v : source.nodes()[i].inputs)
        users_[static_cast<size_t>(v)].push_back(static_cast<NodeId>(i));
    for (const Port& port : source.outputs()) users_[static_cast<size_t>(port.value)].push_back(-1);
  }

  Graph run() {
    return rewrite(source_, [&](Rewriter& r, const Node& node) {
      const auto index = static_cast<size_t>(source_.value(node.outputs[0]).node);
      if (fused_[index]) return true;
      if (onto_accumulator(r, node)) return true;
      if (node.op != &ops::linear || node.attrs.text("activation") != "none" ||
          node.attrs.flag("residual"))
        return false;
      return with_activation(r, node) || with_residual(r, node);
    });
  }

 private:
  const std::vector<NodeId>& users(ValueId v) const { return users_[static_cast<size_t>(v)]; }

  bool with_activation(Rewriter& r, const Node& node) {
    const ValueId pre = node.outputs[0];
    for (NodeId user : users(pre)) {
      if (user < 0) continue;
      const Node& next = source_.node(user);
      const std::string activation = activation_of(next);
      if (activation.empty()) continue;
      Attrs attrs = node.attrs;
      attrs.set("activation", activation);
      attrs.set("save_preactivation", users(pre).size() > 1);
      Place place(r.graph(), node.where);
      const auto out =
          r.graph().add(ops::linear, r.operands(node), attrs, source_.value(next.outputs[0]).name);
      r.replace(next.outputs[0], out[0]);
      if (out.size() == 2) {
        r.graph().rename_value(out[1], source_.value(pre).name);
        r.replace(pre, out[1]);
      }
      fused_[static_cast<size_t>(user)] = true;
      return true;
    }
    return false;
  }

  bool with_residual(Rewriter& r, const Node& node) {
    const ValueId y = node.outputs[0];
    if (users(y).size() != 1 || users(y)[0] < 0) return false;
    const Node& next = source_.node(users(y)[0]);
    if (next.op != &ops::add || next.inputs[0] == next.inputs[1]) return false;
    const ValueId other = next.inputs[0] == y ? next.inputs[1] : next.inputs[0];
    if (source_.value(other).type != source_.value(y).type || !r.has(other)) return false;
    Attrs attrs = node.attrs;
    attrs.set("residual", true);
    std::vector<Value> in = r.operands(node);
    in.push_back(r[other]);
    Place place(r.graph(), node.where);
    r.replace(next.outputs[0],
              r.graph().add(ops::linear, in, attrs, source_.value(next.outputs[0]).name)[0]);
    fused_[static_cast<size_t>(users(y)[0])] = true;
    return true;
  }

  /// A parameter's gradient is added to what is there already (its accumulator, or the gradient of another use of the
  /// parameter) by the product itself, in place, when nothing else wants either.
  bool onto_accumulator(Rewriter& r, const Node& node) {
    if (node.op != &ops::matmul && node.op != &ops::embedding_grad) return false;
    const ValueId y = node.outputs[0];
    if (node.attrs.flag("accumulate") || users(y).size() != 1 || users(y)[0] < 0) return false;
    const Node& next = source_.node(users(y)[0]);
    if (next.op != &ops::add || next.inputs[0] == next.inputs[1]) return false;
    const ValueId sum = next.outputs[0],
                  there = next.inputs[0] == y ? next.inputs[1] : next.inputs[0];
    if (source_.value(there).type != source_.value(y).type || users(there).size() != 1 ||
        !r.has(there) || !may_overwrite(there, sum))
      return false;
    Attrs attrs = node.attrs;
    attrs.set("accumulate", true);
    std::vector<Value> in = r.operands(node);
    in.push_back(r[there]);
    Place place(r.graph(), node.where);
    r.replace(sum, r.graph().add(*node.op, in, attrs, source_.value(sum).name)[0]);
    fused_[static_cast<size_t>(users(y)[0])] = true;
    return true;
  }

  /// `there` is a state that becomes `sum`, or a gradient of its own memory that `sum` is too.
  bool may_overwrite(ValueId there, ValueId sum) const {
    const ValueInfo& old = source_.value(there);
    if (old.node < 0) {
      const Port* stored = source_.find_output(old.name);
      const Port* state = source_.find_input(old.name);
      return stored && state && state->value == there && state->kind == PortKind::state &&
             stored->value == sum;
    }
    const auto aliases = aliases_of(source_, source_.node(old.node));
    const bool view = std::any_of(aliases.begin(), aliases.end(), [](const Alias& alias) {
      return alias.kind == Alias::Kind::view;
    });
    // On a mesh a table's gradient is still to be summed over ranks, and no cotangent of the table yet.
    const NodeId maker = source_.value(sum).node;
    const auto& parts = source_.node(maker).inputs;
    const bool of_table = std::any_of(parts.begin(), parts.end(), [&](ValueId v) {
      const NodeId made = source_.value(v).node;
      return made >= 0 && source_.node(made).op == &ops::embedding_grad;
    });
    const ValueId primal = source_.value(sum).cotangent.primal;
    return !view && (of_table || (primal >= 0 && source_.value(primal).node < 0));
  }

  const Graph& source_;
  std::vector<std::vector<NodeId>> users_;
  std::vector<bool> fused_;  // by node: its work is done by another
};

}  // namespace

Graph fuse(const Graph& graph) { return Fuser(graph).run(); }

}  // namespace tessera
