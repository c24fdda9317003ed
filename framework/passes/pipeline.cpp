#include "framework/passes/pipeline.h"

#include "framework/passes/bucket.h"
#include "framework/passes/chunk.h"
#include "framework/passes/fuse.h"
#include "framework/passes/order.h"
#include "framework/passes/overlap.h"

namespace tessera {
namespace {

/// Gives each state that has no layout yet the one in which this graph leaves it. Returns whether
/// the graph found such a state in another layout.
bool settle_states(const Graph& graph, const Sharding& sharding, Lowering& l) {
  bool moved = false;
  for (size_t i = 0; i < graph.outputs().size(); ++i) {
    const Port& port = graph.outputs()[i];
    if (port.kind != PortKind::state) continue;
    const bool is_new = l.wishes.states.emplace(port.name, sharding.outputs[i]).second;
    const Port* before = graph.find_input(port.name);
    if (is_new && before)
      moved = moved || sharding.inputs[static_cast<size_t>(before - graph.inputs().data())] !=
                           sharding.outputs[i];
  }
  return moved;
}

/// Shards and partitions a graph. A state that has no layout yet gets the one in which this graph
/// leaves it: the graph is sharded again if it reads the state, too, such as a key/value cache, and
/// the other graphs find it there.
Graph distribute(const Graph& graph, Lowering& l) {
  Sharding sharding = shard(graph, l.mesh, l.wishes);
  if (settle_states(graph, sharding, l)) sharding = shard(graph, l.mesh, l.wishes);
  for (size_t i = 0; i < graph.inputs().size(); ++i)
    if (graph.inputs()[i].kind == PortKind::data)
      l.inputs[graph.name() + "." + graph.inputs()[i].name] = sharding.inputs[i];
  return partition(graph, l.mesh, sharding, "loss",
                   l.values ? &(*l.values)[graph.name()] : nullptr);
}

constexpr Pass kPasses[] = {
    {"partition", true, distribute},
    {"chunk", false, [](const Graph& g, Lowering& l) { return chunk(g, l.head_rows); }},
    {"expand", false, [](const Graph& g, Lowering& l) { return expand_for(g, l.has_kernel); }},
    {"recompute", false, [](const Graph& g, Lowering& l) { return recompute(g, l.recompute); }},
    {"fuse", false, [](const Graph& g, Lowering& l) { return fuse(g, l.has_kernel); }},
    {"order", false, [](const Graph& g, Lowering&) { return order(g); }},
    {"bucket", true, [](const Graph& g, Lowering& l) { return bucket(g, l.bucket_bytes); }},
    {"overlap", true, [](const Graph& g, Lowering&) { return overlap(g); }},
};

State part_of_rank(State state, const Lowering& l) {
  if (l.mesh.size() == 1) return state;
  const auto layout = l.wishes.states.find(state.name);
  state.whole = state.type.shape;
  state.layout =
      layout == l.wishes.states.end() ? Layout::whole(state.whole.size()) : layout->second;
  state.type.shape = local_shape(state.whole, state.layout, l.mesh);
  return state;
}

}  // namespace

std::span<const Pass> pipeline() { return kPasses; }

std::string form_names() {
  std::string out = "model, grad, optimizer, precision";
  for (const Pass& pass : kPasses)
    out += fmt::format(", {}{}", pass.name, pass.on_mesh ? " (on a mesh)" : "");
  return out + ", plan";
}

Program lower(Program program, Lowering& lowering, const PassObserver& observer) {
  std::vector<Graph> graphs = program.take_graphs();
  for (Graph& graph : graphs) {
    if (observer) observer("precision", graph);
    if (lowering.values && lowering.mesh.size() == 1)
      (*lowering.values)[graph.name()] = whole_values(graph);
    for (const Pass& pass : kPasses) {
      if (pass.on_mesh && lowering.mesh.size() == 1) continue;
      graph = pass.run(graph, lowering);
      if (observer) observer(pass.name, graph);
    }
  }
  Program out;
  for (const State& state : program.states()) out.declare(part_of_rank(state, lowering));
  for (Graph& graph : graphs) out.add(std::move(graph));
  return out;
}

}  // namespace tessera
