#include "framework/passes/precision.h"

#include <algorithm>
#include <map>
#include <set>

#include "framework/graph/query.h"
#include "framework/ops/ops.h"
#include "framework/passes/rewrite.h"

namespace tessera {
namespace {

const std::string kLow = "bf16";

std::string copy_name(const std::string& parameter) { return parameter + "@bf16"; }

/// The port of the state that enters the graph as value `id`, or nullptr. An input has its port's
/// name unless that name was taken.
const Port* state_port(const Graph& graph, ValueId id) {
  if (graph.value(id).node >= 0) return nullptr;
  const Port* named = graph.find_input(graph.value(id).name);
  if (named && named->value == id) return named->kind == PortKind::state ? named : nullptr;
  for (const Port& port : graph.inputs())
    if (port.value == id && port.kind == PortKind::state) return &port;
  return nullptr;
}

/// Makes one graph in bf16, and collects in `copied` the parameters that are used in bf16.
class Lowering {
 public:
  Lowering(const Graph& source, const Program& program, std::set<std::string>& copied)
      : source_(source), program_(program), copied_(copied), r_(source) {}

  Graph run() {
    for (const Port& port : source_.inputs()) {
      TensorType type = source_.value(port.value).type;
      if (is_cache(port)) type.dtype = DType::bf16;
      r_.replace(port.value, r_.graph().add_input(port.name, type, port.kind));
    }
    for (const Node& node : source_.nodes()) lower(node);
    restore_outputs();
    r_.copy_outputs();
    return r_.finish();
  }

 private:
  Value cast(Value v, DType to) {
    if (v.dtype() == to) return v;
    auto& known = casts_[{v.id(), to}];
    if (!known)
      known = ops::cast(v, {{"to", std::string(to_string(to))}},
                        fmt::format("{}@{}", v.name(), to_string(to)));
    return known;
  }

  /// The bf16 form of a value; for a parameter this is its copy.
  Value low(Value v) {
    if (v.dtype() != DType::f32) return v;
    if (const SharedText name = parameter_of(v); !name.empty()) {
      copied_.insert(name);
      const Port* port = r_.graph().find_input(copy_name(name));
      Value copy = port ? r_.graph().handle(port->value)
                        : r_.graph().add_input(copy_name(name),
                                               {DType::bf16, program_.find_state(name)->type.shape},
                                               PortKind::state);
      return view_like(v, copy);
    }
    // A view in bf16 is a view of its operand in bf16: the operand is rounded once, however many
    // views are taken of it.
    const NodeId node = v.graph().value(v.id()).node;
    if (node >= 0 && is_whole_view(v.graph(), v.graph().node(node)))
      return view_like(v, low(v.graph().handle(v.graph().node(node).inputs[0])));
    return cast(v, DType::bf16);
  }

  /// The name of the parameter that `v` is, or is a view of; empty when it is neither.
  SharedText parameter_of(Value v) const {
    const Graph& g = v.graph();
    ValueId id = v.id();
    while (g.value(id).node >= 0 && is_whole_view(g, g.node(g.value(id).node)))
      id = g.node(g.value(id).node).inputs[0];
    const Port* port = state_port(g, id);
    const State* state = port ? program_.find_state(port->name) : nullptr;
    return state && state->kind == StateKind::parameter ? port->name : SharedText();
  }

  Value view_like(Value v, Value copy) {
    if (v.shape() == copy.shape()) return copy;
    auto& known = views_[v.id()];
    if (!known) known = ops::reshape(copy, {{"shape", v.shape()}}, v.name() + "@bf16");
    return known;
  }

  /// Whether the node makes a cotangent of a parameter, or of a view of one. Such a cotangent is
  /// made in f32: it is summed, clipped and given to the optimizer.
  bool is_parameter_gradient(const Node& node) const {
    for (ValueId v : node.outputs) {
      const CotangentOf& of = source_.value(v).cotangent;
      if (of.primal >= 0 && is_parameter(of.primal)) return true;
    }
    return false;
  }
  bool is_parameter(ValueId id) const {
    for (NodeId node = source_.value(id).node;
         node >= 0 && shows_elements(source_, source_.node(node)); node = source_.value(id).node)
      id = source_.node(node).inputs[0];
    const Port* port = state_port(source_, id);
    const State* state = port ? program_.find_state(port->name) : nullptr;
    return state && state->kind == StateKind::parameter;
  }

  void lower(const Node& node) {
    std::vector<Value> in = r_.operands(node);
    Attrs attrs = node.attrs;
    const auto is_low = [&](size_t i) { return (node.op->low_operands >> i & 1u) != 0; };
    bool run_low = node.op->precision == Precision::low;
    if (node.op->precision == Precision::follow)
      for (size_t i = 0; i < in.size(); ++i)
        run_low = run_low || (is_low(i) && in[i].dtype() == DType::bf16);
    const bool for_parameter = is_parameter_gradient(node);
    if (for_parameter && !node.op->takes_to) run_low = false;
    for (size_t i = 0; i < in.size(); ++i) {
      if (in[i].dtype() != DType::f32 && in[i].dtype() != DType::bf16) continue;
      if (run_low && is_low(i))
        in[i] = low(in[i]);
      else
        in[i] = cast(in[i], DType::f32);
    }
    if (run_low && for_parameter)
      attrs.set("to", std::string("f32"));
    else if (r_.try_copy(node, in))
      return;
    Place place(r_.graph(), node.where);
    const auto out = r_.graph().add(*node.op, in, attrs, source_.value(node.outputs[0]).name);
    for (size_t i = 0; i < out.size(); ++i) {
      const std::string& name = source_.value(node.outputs[i]).name;
      if (out[i].name() != name) r_.graph().rename_value(out[i], name);
      r_.replace(node.outputs[i], out[i]);
    }
  }

  bool is_cache(const Port& port) const {
    const State* state = port.kind == PortKind::state ? program_.find_state(port.name) : nullptr;
    return state && state->kind == StateKind::cache && state->type.dtype == DType::f32;
  }

  /// Gives outputs of the graph their former types; key/value caches are bf16, like the values put
  /// into them.
  void restore_outputs() {
    for (const Port& port : source_.outputs()) {
      const DType type = is_cache(port) ? DType::bf16 : source_.value(port.value).type.dtype;
      r_.replace(port.value, cast(r_[port.value], type));
    }
  }

  const Graph& source_;
  const Program& program_;
  std::set<std::string>& copied_;
  Rewriter r_;
  std::map<std::pair<ValueId, DType>, Value> casts_;
  std::map<ValueId, Value> views_;
};

bool is_update(const Node& node) { return node.op->updates; }

/// Lets the optimizer's sweep also write the copies of the parameters that it updates.
Graph write_copies(Graph source, const std::set<std::string>& copied) {
  if (std::none_of(source.nodes().begin(), source.nodes().end(), is_update)) return source;
  std::vector<std::pair<std::string, ValueId>> stores;
  Rewriter r(source);
  r.copy_inputs();
  for (const Node& node : source.nodes()) {
    std::string parameter;
    if (is_update(node))
      if (const Port* port = state_port(source, node.inputs[0]); port && copied.count(port->name))
        parameter = port->name;
    if (parameter.empty()) {
      r.copy(node);
      continue;
    }
    std::vector<Value> in = r.operands(node);
    const std::string name = copy_name(parameter);
    const Port* port = r.graph().find_input(name);
    in.push_back(port ? r.graph().handle(port->value)
                      : r.graph().add_input(name, {DType::bf16, in[0].shape()}, PortKind::state));
    Attrs attrs = node.attrs;
    attrs.set("copy", kLow);
    Place place(r.graph(), node.where);
    const auto out = r.graph().add(*node.op, in, attrs, source.value(node.outputs[0]).name);
    for (size_t i = 0; i < node.outputs.size(); ++i) r.replace(node.outputs[i], out[i]);
    stores.emplace_back(name, out.back().id());
  }
  r.copy_outputs();
  for (const auto& [name, id] : stores)
    r.graph().add_output(name, r.graph().handle(id), PortKind::state);
  return r.finish();
}

}  // namespace

Program apply_precision(Program program, DType compute) {
  if (compute == DType::f32) return program;
  require(compute == DType::bf16, "precision.compute is f32 or bf16, not {}", compute);
  std::set<std::string> copied;
  std::vector<Graph> graphs = program.take_graphs();
  for (Graph& graph : graphs) graph = Lowering(graph, program, copied).run();

  Program out;
  for (State state : program.states()) {
    if (state.kind == StateKind::cache && state.type.dtype == DType::f32)
      state.type.dtype = DType::bf16;
    out.declare(std::move(state));
  }
  Graph refresh("refresh");
  for (const std::string& name : copied) {
    const Shape& shape = program.find_state(name)->type.shape;
    out.declare({copy_name(name), {DType::bf16, shape}, StateKind::compute_copy});
    const Value master = refresh.add_input(name, {DType::f32, shape}, PortKind::state);
    refresh.add_output(copy_name(name), ops::cast(master, {{"to", kLow}}, "rounded"),
                       PortKind::state);
  }
  for (Graph& graph : graphs) out.add(write_copies(std::move(graph), copied));
  if (!copied.empty()) out.add(std::move(refresh));
  return out;
}

}  // namespace tessera
