#include "framework/passes/rewrite.h"

#include <algorithm>

#include "framework/graph/query.h"

namespace tessera {

Rewriter::Rewriter(const Graph& source)
    : source_(source), graph_(source.name()), map_(source.values().size()) {
  graph_.reserve_as(source);
}

Value Rewriter::operator[](ValueId old) const {
  const Value value = map_[static_cast<size_t>(old)];
  check(static_cast<bool>(value), "rewriting '{}': '{}' is used before it is made", source_.name(),
        source_.value(old).name);
  return value;
}

void Rewriter::replace(ValueId old, Value value) {
  check(value && &value.graph() == &graph_,
        "rewriting '{}': '{}' is replaced by no value of the new graph", source_.name(),
        source_.value(old).name);
  map_[static_cast<size_t>(old)] = value;
  if (now_stands(value.id())) return;
  const SharedText& name = source_.value(old).name;
  const bool is_input = value.info().node < 0;  // an input is named for its port
  if (!is_input && !graph_.has_name(name)) graph_.rename_value(value, name);
}

bool Rewriter::now_stands(ValueId value) {
  const auto at = static_cast<size_t>(value);
  if (at >= stands_.size()) stands_.resize(2 * at + 1, false);
  const bool stood = stands_[at];
  stands_[at] = true;
  return stood;
}

std::vector<Value> Rewriter::operands(const Node& node) const {
  std::vector<Value> out;
  out.reserve(node.inputs.size());
  for (ValueId v : node.inputs) out.push_back((*this)[v]);
  return out;
}

void Rewriter::copy(const Node& node) {
  operands_.clear();
  for (ValueId v : node.inputs) operands_.push_back((*this)[v].id());
  if (copy_on_operands(node)) return;
  Place place(graph_, node.where);
  const auto results =
      graph_.add(*node.op, operands(node), node.attrs, source_.value(node.outputs[0]).name);
  for (size_t i = 0; i < results.size(); ++i) replace(node.outputs[i], results[i]);
}

bool Rewriter::try_copy(const Node& node, std::span<const Value> operands) {
  operands_.clear();
  for (const Value& v : operands) operands_.push_back(v.id());
  return copy_on_operands(node);
}

bool Rewriter::copy_on_operands(const Node& node) {
  ValueId made = graph_.add_copy(source_, node, operands_);
  if (made < 0) return false;
  for (ValueId v : node.outputs) {
    map_[static_cast<size_t>(v)] = graph_.handle(made);
    now_stands(made++);
  }
  return true;
}

void Rewriter::copy_inputs() {
  for (const Port& port : source_.inputs()) {
    const ValueInfo& old = source_.value(port.value);
    const Value value = graph_.add_input(port.name, old.type, port.kind);
    if (!graph_.has_name(old.name)) graph_.rename_value(value, old.name);
    replace(port.value, value);
  }
}

void Rewriter::copy_outputs() {
  for (const Port& port : source_.outputs())
    graph_.add_output(port.name, (*this)[port.value], port.kind);
  for (size_t i = 0; i < map_.size(); ++i) {
    const CotangentOf& of = source_.values()[i].cotangent;
    if (of.primal < 0 || !map_[i] || !has(of.primal)) continue;
    const Value primal = (*this)[of.primal];
    if (primal.shape() == map_[i].shape() && map_[i].info().cotangent.primal < 0)
      graph_.mark_cotangent(map_[i], primal, of.total);
  }
}

Graph Rewriter::finish() {
  Graph out = std::move(graph_);
  return out;
}

Graph rewrite(const Graph& source, const std::function<bool(Rewriter&, const Node&)>& f) {
  Rewriter r(source);
  r.copy_inputs();
  for (const Node& node : source.nodes())
    if (!f(r, node)) r.copy(node);
  r.copy_outputs();
  return r.finish();
}

Graph unchanged(const Graph& source) {
  for (size_t i = 0; i < source.inputs().size(); ++i)
    if (source.inputs()[i].value != static_cast<ValueId>(i))
      return rewrite(source, [](Rewriter&, const Node&) { return false; });
  return source;
}

Graph prune(const Graph& source) {
  const std::vector<bool> needed = needed_nodes(source);
  if (std::find(needed.begin(), needed.end(), false) == needed.end()) return unchanged(source);
  Rewriter r(source);
  r.copy_inputs();
  for (size_t i = 0; i < needed.size(); ++i)
    if (needed[i]) r.copy(source.nodes()[i]);
  r.copy_outputs();
  return r.finish();
}

}  // namespace tessera
