#include "framework/passes/partition.h"

#include <algorithm>
#include <map>
#include <set>

#include "framework/graph/localize.h"
#include "framework/graph/query.h"
#include "framework/mesh/place.h"
#include "framework/passes/chunk.h"
#include "framework/passes/reshard.h"
#include "framework/passes/rewrite.h"

namespace tessera {
namespace {

class Partitioner {
 public:
  Partitioner(const Graph& source, const Mesh& mesh, const Sharding& sharding,
              std::string_view loss)
      : source_(source),
        mesh_(mesh),
        sharding_(sharding),
        graph_(source.name()),
        made_(source.values().size()),
        forward_(source.find_output(loss) ? ancestors_of(source, source.output(loss).value)
                                          : std::vector<bool>(source.nodes().size(), true)),
        moves_of_(source.values().size()) {}

  Graph run() {
    for (size_t i = 0; i < source_.inputs().size(); ++i) {
      const Port& port = source_.inputs()[i];
      const ValueInfo& old = source_.value(port.value);
      const Layout& arrives = sharding_.inputs[i];
      const Value value = graph_.add_input(port.name, local(port.value, arrives), port.kind);
      if (!graph_.has_name(old.name)) graph_.rename_value(value, old.name);
      made_[static_cast<size_t>(port.value)] =
          move(value, port.value, arrives, layout(port.value), old.name + ".summed");
      left_.push_back({port.value, arrives, value});
    }
    for (NodeId id = 0; id < static_cast<NodeId>(source_.nodes().size()); ++id) {
      in_forward_ = forward_[static_cast<size_t>(id)] || made_beside_loss(source_.node(id));
      if (!source_.node(id).inputs.empty()) node(id);
    }
    in_forward_ = false;
    for (size_t i = 0; i < source_.outputs().size(); ++i) {
      const Port& port = source_.outputs()[i];
      graph_.add_output(port.name, get(port.value, sharding_.outputs[i]), port.kind);
    }
    mark_cotangents();
    return prune(graph_);
  }

  /// The LocalValues of what run() has made.
  LocalValues values() const {
    LocalValues out;
    const auto note = [&](Value value, ValueId v, const Layout& layout, LocalValue::Form form) {
      const ValueInfo& source = source_.value(v);
      LocalValue local{source.name, source.type.shape, layout, form};
      if (narrowed_.contains(value.id())) local.wire = sharding_.wire;
      out.insert({value.name(), std::move(local)});
    };
    for (size_t i = 0; i < made_.size(); ++i)
      if (made_[i]) {
        const auto v = static_cast<ValueId>(i);
        note(made_[i], v, layout(v), LocalValue::Form::kept);
      }
    for (const auto& [value, layout, left] : left_)
      note(left, value, layout, LocalValue::Form::made);
    for (const Moved& m : moved_) note(m.moved, m.value, m.layout, LocalValue::Form::moved);
    return out;
  }

 private:
  struct Moved {
    ValueId value;
    bool forward;
    Layout layout;
    Value moved;
  };

  const Layout& layout(ValueId v) const { return sharding_.values[static_cast<size_t>(v)]; }
  TensorType local(ValueId v, const Layout& layout) const {
    const TensorType& type = source_.value(v).type;
    return {type.dtype, local_shape(type.shape, layout, mesh_)};
  }
  TensorType local(ValueId v) const { return local(v, layout(v)); }

  /// Adds the local node of `id` with these operands and these layouts of its results.
  std::vector<Value> emit(NodeId id, const std::vector<Value>& in,
                          const std::vector<std::vector<AxisId>>& split,
                          const std::vector<Layout>& made, const std::string& name) {
    const Node& node = source_.node(id);
    const IndexRule& rule = sharding_.nodes[static_cast<size_t>(id)].rule;
    const auto whole_in = types_of(source_, node.inputs),
               whole_out = types_of(source_, node.outputs);
    std::vector<TensorType> local_in, local_out;
    for (Value v : in) local_in.push_back(v.type());
    for (size_t i = 0; i < made.size(); ++i) local_out.push_back(local(node.outputs[i], made[i]));
    const Attrs attrs = node.op->local_attrs
                            ? node.op->local_attrs(node.attrs, whole_in, local_in, local_out)
                            : node.attrs;
    bool parts = false;
    for (size_t k = 0; k < split.size(); ++k)
      parts = parts || (rule.indices[k].kind == IndexRule::Kind::local && !split[k].empty());
    Place place(graph_, node.where);
    auto out = parts ? node.op->localize({graph_, *node.op, attrs, in, whole_in, whole_out, rule,
                                          split, mesh_, name})
                     : graph_.add(*node.op, in, attrs, name);
    check(out.size() == made.size(), "'{}': {} results of the local op, not {}", name, out.size(),
          made.size());
    for (size_t i = 0; i < out.size(); ++i)
      if (out[i].type() != local_out[i])
        internal_error("'{}' comes out as {} on a rank, not {}",
                       source_.value(node.outputs[i]).name, to_string(out[i].type()),
                       to_string(local_out[i]));
    return out;
  }

  void node(NodeId id) {
    const Node& node = source_.node(id);
    const NodeSharding& s = sharding_.nodes[static_cast<size_t>(id)];
    std::vector<Value> in;
    for (size_t i = 0; i < node.inputs.size(); ++i) in.push_back(get(node.inputs[i], s.in[i]));
    const auto out = emit(id, in, s.split, s.made, source_.value(node.outputs[0]).name);
    for (size_t i = 0; i < out.size(); ++i) {
      const ValueId v = node.outputs[i];
      const std::string name = source_.value(v).name;
      const bool stays = s.made[i] == layout(v);
      const std::string as =
          stays ? name : name + (s.made[i].partial.empty() ? ".part" : ".partial");
      if (out[i].name() != as && out[i].info().node >= 0) graph_.rename_value(out[i], as);
      left_.push_back({v, s.made[i], out[i]});
      made_[static_cast<size_t>(v)] = stays ? out[i] : move(out[i], v, s.made[i], layout(v), name);
    }
  }

  /// Takes `value` through all moves from one layout to another; the last value takes the name.
  Value move(Value value, ValueId v, Layout from, const Layout& to, const std::string& name) {
    Place place(graph_,
                value.info().node < 0 ? SharedText() : graph_.node(value.info().node).where);
    const Shape& whole = source_.value(v).type.shape;
    const bool narrow = sharding_.gradients[static_cast<size_t>(v)] && value.dtype() == DType::f32;
    const bool sums = from.partial != to.partial;
    for (const Move& step : transition(from, to)) {
      value =
          reshard(value, whole, from, step, mesh_, fmt::format("{}.{}", name, to_string(step.kind)),
                  narrow ? sharding_.wire : value.dtype());
      from = apply(from, step);
    }
    if (sums && narrow && sharding_.wire != value.dtype()) narrowed_.insert(value.id());
    if (value.info().node >= 0 && !graph_.has_name(name)) graph_.rename_value(value, name);
    return value;
  }

  /// The value in the layout `to`, moved there when it is in another.
  Value get(ValueId v, const Layout& to) {
    const NodeId maker = source_.value(v).node;
    if (maker >= 0 && source_.node(maker).inputs.empty()) return make(maker, v, to);
    if (layout(v) == to) return made_[static_cast<size_t>(v)];
    if (const Value known = moved(v, in_forward_, to)) return known;
    const std::string name =
        made_[static_cast<size_t>(v)].name() + (in_forward_ ? ".moved" : ".again");
    const Value value = move(made_[static_cast<size_t>(v)], v, layout(v), to, name);
    note_moved({v, in_forward_, to, value});
    return value;
  }

  /// The result of a node without operands, made in the layout `to`.
  Value make(NodeId id, ValueId v, const Layout& to) {
    if (const Value known = moved(v, true, to)) return known;
    check(to.partial.empty() && source_.node(id).outputs.size() == 1, "'{}' is made from nothing",
          source_.value(v).name);
    const IndexRule& rule = sharding_.nodes[static_cast<size_t>(id)].rule;
    std::vector<std::vector<AxisId>> split(rule.indices.size());
    for (size_t d = 0; d < to.split.size(); ++d)
      for (int index : rule.outputs[0][d]) split[static_cast<size_t>(index)] = to.split[d];
    const Value made = emit(id, {}, split, {to}, source_.value(v).name)[0];
    note_moved({v, true, to, made});
    return made;
  }

  Value moved(ValueId v, bool forward, const Layout& to) const {
    for (size_t i : moves_of_[static_cast<size_t>(v)])
      if (moved_[i].forward == forward && moved_[i].layout == to) return moved_[i].moved;
    return {};
  }
  void note_moved(Moved m) {
    moves_of_[static_cast<size_t>(m.value)].push_back(moved_.size());
    moved_.push_back(std::move(m));
  }

  void mark_cotangents() {
    for (size_t i = 0; i < made_.size(); ++i) {
      const CotangentOf& of = source_.values()[i].cotangent;
      if (of.primal < 0 || !made_[i] || !made_[static_cast<size_t>(of.primal)]) continue;
      const Value primal = made_[static_cast<size_t>(of.primal)];
      if (primal.shape() == made_[i].shape() && made_[i].info().cotangent.primal < 0)
        graph_.mark_cotangent(made_[i], primal, of.total);
    }
  }

  const Graph& source_;
  const Mesh& mesh_;
  const Sharding& sharding_;
  Graph graph_;
  std::vector<Value> made_;  // by value of the source: the local value in the layout that is kept
  std::vector<bool> forward_;
  bool in_forward_ = true;
  std::vector<Moved> moved_;
  std::vector<std::vector<size_t>> moves_of_;  // by value of the source: positions in moved_
  struct Left {
    ValueId value;
    Layout layout;
    Value left;
  };
  std::vector<Left> left_;      // results as their nodes left them
  std::set<ValueId> narrowed_;  // local values whose addends travelled in a narrower type
};

}  // namespace

Graph partition(const Graph& graph, const Mesh& mesh, const Sharding& sharding,
                std::string_view loss, LocalValues* values) {
  Partitioner partitioner(graph, mesh, sharding, loss);
  Graph out = partitioner.run();
  if (values) *values = partitioner.values();
  return out;
}

LocalValues whole_values(const Graph& graph) {
  LocalValues out;
  for (const ValueInfo& v : graph.values())
    out.insert({v.name, {v.name, v.type.shape, Layout::whole(v.type.shape.size())}});
  return out;
}

Graph bind_places(const Graph& source, const Mesh& mesh, int64_t rank) {
  if (std::none_of(source.nodes().begin(), source.nodes().end(),
                   [](const Node& node) { return node.attrs.has("place"); }))
    return unchanged(source);
  return rewrite(source, [&](Rewriter& r, const Node& node) {
    if (!node.attrs.has("place")) return false;
    Attrs attrs = node.attrs;
    attrs.set("origin", origin_of(attrs.text("place"), mesh, rank));
    Place place(r.graph(), node.where);
    const auto out =
        r.graph().add(*node.op, r.operands(node), attrs, source.value(node.outputs[0]).name);
    for (size_t i = 0; i < out.size(); ++i) r.replace(node.outputs[i], out[i]);
    return true;
  });
}

}  // namespace tessera
