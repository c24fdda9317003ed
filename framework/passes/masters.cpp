#include "framework/passes/masters.h"

#include <algorithm>
#include <set>

#include "framework/graph/query.h"
#include "framework/passes/rewrite.h"

namespace tessera {
namespace {

constexpr std::string_view kCopy = "@bf16";
constexpr std::string_view kRefresh = "refresh";

/// The state inputs that a node or an output of the graph reads.
std::set<std::string> states_read(const Graph& graph) {
  const Users readers = readers_of(graph);
  std::set<std::string> read;
  for (const Port& port : graph.inputs())
    if (port.kind == PortKind::state && !readers[static_cast<size_t>(port.value)].empty())
      read.insert(port.name);
  return read;
}

/// The graph without the state inputs that `keeps` does not keep, and without the outputs of
/// masters that are gone.
Graph with_states(const Graph& graph, const std::function<bool(const std::string&)>& keeps) {
  Rewriter r(graph);
  for (const Port& port : graph.inputs())
    if (port.kind != PortKind::state || keeps(port.name))
      r.replace(port.value,
                r.graph().add_input(port.name, graph.value(port.value).type, port.kind));
  for (const Node& node : graph.nodes()) r.copy(node);
  r.copy_outputs();
  return r.finish();
}

/// What is left of "refresh" for these masters.
Graph refresh_of(const Graph& graph, const std::set<std::string>& masters) {
  Rewriter r(graph);
  for (const Port& port : graph.inputs())
    if (masters.contains(port.name))
      r.replace(port.value,
                r.graph().add_input(port.name, graph.value(port.value).type, port.kind));
  for (const Node& node : graph.nodes())
    if (std::ranges::all_of(node.inputs, [&](ValueId v) { return r.has(v); })) r.copy(node);
  for (const Port& port : graph.outputs())
    if (r.has(port.value)) r.graph().add_output(port.name, r[port.value], port.kind);
  return r.finish();
}

}  // namespace

std::string master_of(std::string_view copy) {
  return copy.ends_with(kCopy) ? std::string(copy.substr(0, copy.size() - kCopy.size())) : "";
}

Program drop_masters(Program program) {
  std::set<std::string> read, kept;
  std::vector<Graph> graphs = program.take_graphs();
  for (Graph& graph : graphs) {
    if (graph.name() == kRefresh) continue;
    graph = prune(graph);  // of views of masters that nothing reads
    read.merge(states_read(graph));
  }
  const auto has_copy = [&](const std::string& name) {
    return program.find_state(name + std::string(kCopy)) != nullptr;
  };
  Program out;
  for (const State& state : program.states()) {
    if (state.kind == StateKind::parameter && has_copy(state.name) && !read.contains(state.name))
      continue;
    if (state.kind == StateKind::parameter) kept.insert(state.name);
    State own = state;
    if (own.kind == StateKind::compute_copy)
      own.kept = program.find_state(master_of(own.name))->kept;
    out.declare(std::move(own));
  }
  for (Graph& graph : graphs) {
    if (graph.name() == kRefresh) {
      graph = refresh_of(graph, kept);
      if (!graph.outputs().empty()) out.add(std::move(graph));
      continue;
    }
    const std::set<std::string> own = states_read(graph);
    out.add(with_states(graph, [&](const std::string& name) {
      const State* state = program.find_state(name);
      return state->kind != StateKind::parameter || own.contains(name);
    }));
  }
  return out;
}

}  // namespace tessera
