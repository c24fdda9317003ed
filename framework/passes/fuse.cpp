#include "framework/passes/fuse.h"

#include <algorithm>

#include "framework/graph/query.h"
#include "framework/ops/ops.h"
#include "framework/passes/rewrite.h"

namespace tessera {
namespace {

class Fuser {
 public:
  Fuser(const Graph& source, const HasKernel& has_kernel)
      : source_(source),
        has_kernel_(has_kernel),
        readers_(readers_of(source)),
        fused_(source.nodes().size()) {}

  Graph run() {
    const auto may_fuse = [](const Node& node) {
      return node.op == &ops::linear || node.op->accumulates != Accumulates::no;
    };
    if (std::none_of(source_.nodes().begin(), source_.nodes().end(), may_fuse))
      return unchanged(source_);
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
  std::span<const NodeId> readers(ValueId v) const { return readers_[static_cast<size_t>(v)]; }

  /// The only node that reads `v`, when it adds `v` to another value; otherwise nullptr.
  const Node* addition_of(ValueId v) const {
    if (readers(v).size() != 1 || !is_node(readers(v)[0])) return nullptr;
    const Node& next = source_.node(readers(v)[0]);
    return next.op == &ops::add && next.inputs[0] != next.inputs[1] ? &next : nullptr;
  }
  static ValueId other_addend(const Node& addition, ValueId v) {
    return addition.inputs[addition.inputs[0] == v ? 1 : 0];
  }
  bool is_node(NodeId reader) const { return static_cast<size_t>(reader) < source_.nodes().size(); }

  bool with_activation(Rewriter& r, const Node& node) {
    const ValueId pre = node.outputs[0];
    for (NodeId reader : readers(pre)) {
      if (!is_node(reader)) continue;
      const Node& next = source_.node(reader);
      if (!next.op->activation) continue;
      Attrs attrs = node.attrs;
      attrs.set("activation", next.op->activation(next.attrs));
      attrs.set("save_preactivation", readers(pre).size() > 1);
      if (!has_kernel_(*node.op, attrs)) continue;
      Place place(r.graph(), node.where);
      const auto out =
          r.graph().add(*node.op, r.operands(node), attrs, source_.value(next.outputs[0]).name);
      r.replace(next.outputs[0], out[0]);
      if (out.size() == 2) {
        r.graph().rename_value(out[1], source_.value(pre).name);
        r.replace(pre, out[1]);
      }
      fused_[static_cast<size_t>(reader)] = true;
      return true;
    }
    return false;
  }

  bool with_residual(Rewriter& r, const Node& node) {
    const ValueId y = node.outputs[0];
    const Node* next = addition_of(y);
    if (next == nullptr) return false;
    const ValueId other = other_addend(*next, y);
    if (source_.value(other).type != source_.value(y).type || !r.has(other)) return false;
    return join(r, node, "residual", *next, other);
  }

  /// Replaces `node` and the addition behind it by `node` with one operand more, under `attribute`.
  bool join(Rewriter& r, const Node& node, const char* attribute, const Node& addition,
            ValueId operand) {
    Attrs attrs = node.attrs;
    attrs.set(attribute, true);
    if (!has_kernel_(*node.op, attrs)) return false;
    std::vector<Value> in = r.operands(node);
    in.push_back(r[operand]);
    const ValueId sum = addition.outputs[0];
    Place place(r.graph(), node.where);
    r.replace(sum, r.graph().add(*node.op, in, attrs, source_.value(sum).name)[0]);
    fused_[static_cast<size_t>(source_.value(sum).node)] = true;
    return true;
  }

  /// Lets the product itself add a parameter's gradient, in place, to a value that is there already
  /// (its accumulator, or the gradient of another use of the parameter), when nothing else reads
  /// either.
  bool onto_accumulator(Rewriter& r, const Node& node) {
    if (node.op->accumulates == Accumulates::no || node.attrs.flag("accumulate")) return false;
    const ValueId y = node.outputs[0];
    const Node* next = addition_of(y);
    if (next == nullptr) return false;
    const ValueId there = other_addend(*next, y);
    if (source_.value(there).type != source_.value(y).type || readers(there).size() != 1 ||
        !r.has(there) || !may_overwrite(there, next->outputs[0]))
      return false;
    return join(r, node, "accumulate", *next, there);
  }

  /// Whether `there` is a state that becomes `sum`, or a gradient in memory of its own of which
  /// `sum` is one too.
  bool may_overwrite(ValueId there, ValueId sum) const {
    const ValueInfo& old = source_.value(there);
    if (old.node < 0) {
      const Port* stored = source_.find_output(old.name);
      const Port* state = source_.find_input(old.name);
      return stored && state && state->value == there && state->kind == PortKind::state &&
             stored->value == sum;
    }
    if (is_view(source_, source_.node(old.node))) return false;
    // On a mesh the gradient of a table is still to be summed over ranks, and is no cotangent of
    // the table yet.
    const auto& parts = source_.node(source_.value(sum).node).inputs;
    const bool anywhere = std::any_of(parts.begin(), parts.end(), [&](ValueId v) {
      const NodeId made = source_.value(v).node;
      return made >= 0 && source_.node(made).op->accumulates == Accumulates::always;
    });
    const ValueId primal = source_.value(sum).cotangent.primal;
    return anywhere || (primal >= 0 && source_.value(primal).node < 0);
  }

  const Graph& source_;
  const HasKernel& has_kernel_;
  Users readers_;
  std::vector<bool> fused_;  // by node: whether another node does its work
};

}  // namespace

Graph fuse(const Graph& graph, const HasKernel& has_kernel) {
  return Fuser(graph, has_kernel).run();
}

}  // namespace tessera
