#include "framework/passes/shard.h"

#include <algorithm>
#include <set>

#include "framework/graph/query.h"
#include "framework/graph/text.h"

namespace tessera {
namespace {

using Axes = std::vector<AxisId>;

/// The index of a node's rule that each mesh axis splits.
class Assignment {
 public:
  Assignment(const Graph& graph, NodeId id, const IndexRule& rule, const Mesh& mesh,
             const Axes& flowing)
      : graph_(graph), id_(id), rule_(rule), mesh_(mesh), split_(rule.indices.size()) {
    for (AxisId axis : flowing) taken_[axis] = {-1, ""};
  }

  /// Splits as an operand of this layout would have it, as far as the rule allows. With `ask`, it
  /// is an error when an axis already splits another index because another operand called with
  /// `ask` demanded it.
  void follow(const IndexRule::Operand& dims, const Layout& layout, const std::string& who,
              bool ask, bool must) {
    for (size_t d = 0; d < dims.size() && d < layout.split.size(); ++d)
      for (AxisId axis : layout.split[d]) take(axis, dims[d], who, ask, must);
  }

  /// The axes that split each index, in the order in which they were asked for: outer ones first.
  std::vector<Axes> finish() && { return std::move(split_); }

 private:
  struct Taken {
    int index;
    std::string who;  // empty: decided for all
  };

  bool may_split(int i) const {
    const auto kind = rule_.indices[static_cast<size_t>(i)].kind;
    using Kind = IndexRule::Kind;
    if (kind == Kind::whole || kind == Kind::max) return false;
    if (kind == Kind::local && graph_.node(id_).op->localize == nullptr) return false;
    for (const auto* side : {&rule_.inputs, &rule_.outputs})
      for (const auto& operand : *side)
        for (const auto& dim : operand)
          if (std::find(dim.begin(), dim.end(), i) != dim.end() && dim[0] != i) return false;
    return true;
  }

  void take(AxisId axis, const IndexRule::Dim& dim, const std::string& who, bool ask, bool must) {
    if (dim.empty() || !may_split(dim[0])) return;
    const int i = dim[0];
    if (const auto taken = taken_.find(axis); taken != taken_.end()) {
      const auto& [other, by] = taken->second;
      if (ask && other >= 0 && other != i && !by.empty())
        user_error(
            "{}\n  cannot be split along {} in two ways: '{}' asks for '{}', '{}' for '{}'; "
            "give '{}' or one of them a layout in the model's layout file",
            to_string(graph_, id_), mesh_.name(axis), by, name(other), who, name(i),
            graph_.value(graph_.node(id_).outputs[0]).name);
      return;
    }
    auto& axes = split_[static_cast<size_t>(i)];
    int64_t parts = mesh_.size(axis);
    for (AxisId a : axes) parts *= mesh_.size(a);
    const int64_t size = rule_.indices[static_cast<size_t>(i)].size;
    if (size % parts != 0) {
      require(!must, "'{}' cannot be split into {} parts along {}: {} does not divide by {}", who,
              parts, mesh_.name(axis), size, parts);
      return;
    }
    axes.push_back(axis);
    taken_[axis] = {i, ask ? who : std::string()};
  }

  const std::string& name(int index) const {
    return rule_.indices[static_cast<size_t>(index)].name;
  }

  const Graph& graph_;
  NodeId id_;
  const IndexRule& rule_;
  const Mesh& mesh_;
  std::vector<Axes> split_;
  std::map<AxisId, Taken> taken_;
};

class Sharder {
 public:
  Sharder(const Graph& graph, const Mesh& mesh, const ShardWishes& wishes)
      : g_(graph),
        mesh_(mesh),
        wishes_(wishes),
        root_(graph.values().size(), -1),
        uses_(graph.values().size()),
        summed_(graph.values().size(), false) {
    out_.values.resize(graph.values().size());
    out_.gradients.resize(graph.values().size(), false);
    out_.wire = wishes.wire;
  }

  Sharding run() {
    for (size_t i = 0; i < g_.inputs().size(); ++i) input(static_cast<int>(i));
    for (NodeId id = 0; id < static_cast<NodeId>(g_.nodes().size()); ++id) node(id);
    for (const Port& port : g_.outputs()) output(port);
    return std::move(out_);
  }

 private:
  Layout& layout(ValueId v) { return out_.values[static_cast<size_t>(v)]; }

  static Layout whole_of(const TensorType& type) { return Layout::whole(type.shape.size()); }

  void check_fits(const std::string& name, const TensorType& type, const Layout& layout) const {
    if (layout.split.size() != type.shape.size())
      internal_error("'{}' is {}, its layout {}", name, to_string(type), to_string(layout, mesh_));
    for (size_t d = 0; d < type.shape.size(); ++d) {
      int64_t parts = 1;
      for (AxisId axis : layout.split[d]) parts *= mesh_.size(axis);
      if (type.shape[d] % parts == 0) continue;
      user_error(
          "the mesh {} cannot cut dim {} of '{}' {} into {} parts: {} does not divide by {}; "
          "{} and {} would",
          to_string(mesh_), d, name, to_string(type), parts, type.shape[d], parts,
          type.shape[d] / parts * parts, (type.shape[d] / parts + 1) * parts);
    }
  }

  void input(int at) {
    const Port& port = g_.inputs()[static_cast<size_t>(at)];
    const TensorType& type = g_.value(port.value).type;
    Layout& kept = layout(port.value);
    kept = whole_of(type);
    if (port.kind == PortKind::data) {
      if (const auto wish = wishes_.named(port.name)) kept = *wish;
    } else {
      if (const auto known = wishes_.states.find(port.name); known != wishes_.states.end())
        kept = known->second;
      root_[static_cast<size_t>(port.value)] = at;
      const auto use = wishes_.uses.find(port.name);
      uses_[static_cast<size_t>(port.value)] = use == wishes_.uses.end() ? kept : use->second;
      check_fits(port.name, type, uses_[static_cast<size_t>(port.value)]);
    }
    check_fits(port.name, type, kept);
    out_.inputs.push_back(kept);
    if (const auto wish = wishes_.gradients.find(port.name);
        wish != wishes_.gradients.end() && !kept.partial.empty() && !g_.find_output(port.name)) {
      out_.gradients[static_cast<size_t>(port.value)] = true;
      kept = wish->second;
    }
  }

  /// The name of the parameter that `v` is, or is a view of; empty when it is neither.
  std::string parameter_of(ValueId v) const {
    const int at = root_[static_cast<size_t>(v)];
    if (at < 0) return "";
    const std::string& name = g_.inputs()[static_cast<size_t>(at)].name;
    return wishes_.uses.contains(name) ? name : "";
  }

  /// The axes over which the operands are partial and may stay partial.
  Axes flowing(const Node& node) {
    if (node.op->sums == Sums::reduce) return {};
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const ValueId v = node.inputs[i];
      const bool scalar = node.op->sums == Sums::scale && i > 0;
      if (scalar && (!g_.value(v).type.shape.empty() || !layout(v).partial.empty())) return {};
      if (!scalar && (summed_[static_cast<size_t>(v)] || layout(v).reduction != Reduction::sum ||
                      layout(v).partial != layout(node.inputs[0]).partial))
        return {};
    }
    // Narrowing rounds, so the sum is made before.
    if (node.inputs.empty() || size_of(g_.value(node.outputs[0]).type.dtype) <
                                   size_of(g_.value(node.inputs[0]).type.dtype))
      return {};
    return layout(node.inputs[0]).partial;
  }

  Layout laid(const IndexRule::Operand& dims, const std::vector<Axes>& split) const {
    Layout out;
    for (const auto& dim : dims)
      out.split.push_back(dim.empty() ? Axes{} : split[static_cast<size_t>(dim[0])]);
    return out;
  }

  /// The layout that a result should have, from its name or from the value that it is a cotangent
  /// of.
  std::optional<Layout> hint(ValueId v) {
    if (const auto named = wishes_.named(g_.value(v).name)) return named;
    const CotangentOf& of = g_.value(v).cotangent;
    if (of.primal < 0) return std::nullopt;
    const auto p = static_cast<size_t>(of.primal);
    return (root_[p] >= 0 ? uses_[p] : out_.values[p]).reduced();
  }

  /// The layout that a result is moved to as soon as it is made.
  std::optional<Layout> target(ValueId v) {
    if (const auto named = wishes_.named(g_.value(v).name)) return named;
    const CotangentOf& of = g_.value(v).cotangent;
    if (of.primal < 0 || !of.total) return std::nullopt;
    if (root_[static_cast<size_t>(of.primal)] < 0) return layout(of.primal).reduced();
    // A view of a parameter: its own total moves.
    if (g_.value(of.primal).node >= 0) return std::nullopt;
    const auto wish = wishes_.gradients.find(
        g_.inputs()[static_cast<size_t>(root_[static_cast<size_t>(of.primal)])].name);
    if (wish == wishes_.gradients.end()) return std::nullopt;
    out_.gradients[static_cast<size_t>(v)] = true;
    return wish->second;
  }

  void node(NodeId id) {
    const Node& node = g_.node(id);
    NodeSharding sharding;
    sharding.rule = node.op->rule({g_, node.inputs}, {g_, node.outputs}, node.attrs);
    const IndexRule& rule = sharding.rule;
    const Axes flows = flowing(node);
    const bool view = shows_elements(g_, node) && root_[static_cast<size_t>(node.inputs[0])] >= 0;
    sharding.split = assign(id, rule, flows, view);
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      Layout need = laid(rule.inputs[i], sharding.split);
      const bool scalar = node.op->sums == Sums::scale && i > 0;
      if (!scalar) need.partial = flows;
      if (flows.empty() && !layout(node.inputs[i]).partial.empty())
        summed_[static_cast<size_t>(node.inputs[i])] = true;
      sharding.in.push_back(std::move(need));
    }
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      const ValueId v = node.outputs[i];
      Layout made = laid(rule.outputs[i], sharding.split);
      std::set<AxisId> partial(flows.begin(), flows.end());
      for (size_t k = 0; k < rule.indices.size(); ++k)
        if (!appears(rule.outputs[i], static_cast<int>(k)))
          partial.insert(sharding.split[k].begin(), sharding.split[k].end());
      if (reduces_itself(node, rule, sharding.split))
        for (size_t k = 0; k < rule.indices.size(); ++k)
          if (rule.indices[k].kind == IndexRule::Kind::local)
            for (AxisId axis : sharding.split[k]) partial.erase(axis);
      made.partial.assign(partial.begin(), partial.end());
      layout(v) = target(v).value_or(made);
      check_fits(g_.value(v).name, g_.value(v).type, layout(v));
      for (AxisId axis : layout(v).partial)
        check(made.is_partial(axis), "'{}' cannot become partial", g_.value(v).name);
      sharding.made.push_back(std::move(made));
      if (view) {
        root_[static_cast<size_t>(v)] = root_[static_cast<size_t>(node.inputs[0])];
        uses_[static_cast<size_t>(v)] = use_of_view(id, rule);
      }
    }
    out_.nodes.push_back(std::move(sharding));
  }

  static bool appears(const IndexRule::Operand& dims, int index) {
    for (const auto& dim : dims)
      if (std::find(dim.begin(), dim.end(), index) != dim.end()) return true;
    return false;
  }

  static bool reduces_itself(const Node& node, const IndexRule& rule,
                             const std::vector<Axes>& split) {
    if (!node.op->reduces_parts) return false;
    for (size_t k = 0; k < split.size(); ++k)
      if (rule.indices[k].kind == IndexRule::Kind::local && !split[k].empty()) return true;
    return false;
  }

  std::vector<Axes> assign(NodeId id, const IndexRule& rule, const Axes& flows, bool view) {
    const Node& node = g_.node(id);
    Assignment assignment(g_, id, rule, mesh_, flows);
    const auto name = [&](size_t i) -> const std::string& { return g_.value(node.inputs[i]).name; };
    const std::vector<ValueId> overwritten = donated(g_, node);
    std::vector<bool> done(node.inputs.size(), false);
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      if (parameter_of(node.inputs[i]).empty()) continue;
      done[i] = true;
      // An operand whose state the node changes, or only shows in another shape, is taken as it is
      // stored.
      const bool as_stored = view || std::find(overwritten.begin(), overwritten.end(),
                                               node.inputs[i]) != overwritten.end();
      assignment.follow(
          rule.inputs[i],
          as_stored ? layout(node.inputs[i]) : uses_[static_cast<size_t>(node.inputs[i])], name(i),
          false, !view);
    }
    for (size_t i = 0; i < node.outputs.size(); ++i)
      if (const auto wish = hint(node.outputs[i]))
        assignment.follow(rule.outputs[i], *wish, g_.value(node.outputs[i]).name, false, false);
    for (size_t i = 0; i < node.inputs.size(); ++i)
      if (!done[i])
        assignment.follow(rule.inputs[i], layout(node.inputs[i]).reduced(), name(i), true, false);
    return std::move(assignment).finish();
  }

  /// The layout in which a view of a parameter is computed with: that of the parameter, seen
  /// through the view.
  Layout use_of_view(NodeId id, const IndexRule& rule) const {
    Assignment assignment(g_, id, rule, mesh_, {});
    assignment.follow(rule.inputs[0], uses_[static_cast<size_t>(g_.node(id).inputs[0])], "", false,
                      false);
    return laid(rule.outputs[0], std::move(assignment).finish());
  }

  void output(const Port& port) {
    Layout to = whole_of(g_.value(port.value).type);
    if (port.kind == PortKind::state) {
      const auto known = wishes_.states.find(port.name);
      to = known == wishes_.states.end() ? layout(port.value) : known->second;
    }
    out_.outputs.push_back(std::move(to));
  }

  const Graph& g_;
  const Mesh& mesh_;
  const ShardWishes& wishes_;
  Sharding out_;
  std::vector<int> root_;     // by value: the state input that it is, or a view of; -1: neither
  std::vector<Layout> uses_;  // by value: the layout in which such a state is computed with
  std::vector<bool> summed_;  // by value: it is partial, and some user has it summed
};

}  // namespace

Sharding shard(const Graph& graph, const Mesh& mesh, const ShardWishes& wishes) {
  return Sharder(graph, mesh, wishes).run();
}

}  // namespace tessera
