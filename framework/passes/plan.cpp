#include "framework/passes/plan.h"

#include <algorithm>

#include "framework/graph/op_def.h"
#include "framework/graph/text.h"
#include "framework/graph/verify.h"
#include "framework/passes/offsets.h"
#include "framework/passes/storage.h"

namespace tessera {
namespace {

constexpr int64_t kArenaAlignment = 64;

}  // namespace

Plan make_plan(Graph graph, const ScratchBytes& scratch) {
  verify(graph);
  const Storage storage = assign_storage(graph);
  Plan plan;
  plan.graph = std::move(graph);
  const Graph& g = plan.graph;

  const auto state_index = [&](const std::string& name) {
    auto it = std::find(plan.states.begin(), plan.states.end(), name);
    if (it == plan.states.end()) it = plan.states.insert(it, name);
    return static_cast<int>(it - plan.states.begin());
  };
  std::vector<Lifetime> lifetimes;
  std::vector<int> arena_index(storage.buffers.size(), -1), state_of(storage.buffers.size(), -1);
  for (size_t i = 0; i < storage.buffers.size(); ++i) {
    const StorageBuffer& b = storage.buffers[i];
    if (!b.state.empty()) {
      state_of[i] = state_index(b.state);
    } else {
      arena_index[i] = static_cast<int>(lifetimes.size());
      lifetimes.push_back({b.bytes, b.first, b.last});
      plan.buffers.push_back({g.value(b.value).name, b.bytes, 0, b.first, b.last, false});
    }
  }
  const size_t scratch_from = lifetimes.size();
  std::vector<int64_t> scratch_bytes;
  for (NodeId id = 0; static_cast<size_t>(id) < g.nodes().size(); ++id) {
    scratch_bytes.push_back(static_cast<int64_t>(scratch(g, id)));
    lifetimes.push_back({scratch_bytes.back(), id, id});
    plan.buffers.push_back(
        {g.value(g.node(id).outputs[0]).name, scratch_bytes.back(), 0, id, id, true});
  }
  const Packing packing = pack(lifetimes, kArenaAlignment);
  plan.arena_bytes = packing.bytes;
  plan.live_peak = packing.live_peak;
  plan.peak_step = packing.peak_step;
  for (size_t i = 0; i < plan.buffers.size(); ++i) plan.buffers[i].offset = packing.offsets[i];

  for (size_t v = 0; v < g.values().size(); ++v) {
    const auto b = static_cast<size_t>(storage.buffer_of[v]);
    const int64_t base =
        state_of[b] >= 0 ? 0 : packing.offsets[static_cast<size_t>(arena_index[b])];
    plan.values.push_back({state_of[b], base + storage.offset_of[v]});
  }
  for (NodeId id = 0; static_cast<size_t>(id) < g.nodes().size(); ++id) {
    PlanStep step;
    step.node = id;
    for (ValueId v : g.node(id).inputs) step.in.push_back(plan.values[static_cast<size_t>(v)]);
    for (ValueId v : g.node(id).outputs) step.out.push_back(plan.values[static_cast<size_t>(v)]);
    step.scratch = packing.offsets[scratch_from + static_cast<size_t>(id)];
    step.scratch_bytes = scratch_bytes[static_cast<size_t>(id)];
    plan.steps.push_back(std::move(step));
  }
  for (const Port& port : storage.copies)
    plan.copies.push_back({plan.values[static_cast<size_t>(port.value)], state_index(port.name),
                           static_cast<int64_t>(g.value(port.value).type.bytes())});
  return plan;
}

std::string to_string(const Plan& plan) {
  const auto place = [&](const Slot& slot) {
    return slot.state < 0
               ? fmt::format("@{}", slot.offset)
               : fmt::format("{}+{}", plan.states[static_cast<size_t>(slot.state)], slot.offset);
  };
  std::string out =
      fmt::format("plan \"{}\": arena {} bytes, {} in use at step {}\n", plan.graph.name(),
                  plan.arena_bytes, plan.live_peak, plan.peak_step);
  for (const PlanStep& step : plan.steps) {
    out += to_string(plan.graph, step.node);
    for (const Slot& slot : step.out) out += " " + place(slot);
    if (step.scratch_bytes > 0)
      out += fmt::format(" scratch {} @{}", step.scratch_bytes, step.scratch);
    out += "\n";
  }
  for (const PlanCopy& copy : plan.copies)
    out += fmt::format("copy {} bytes {} to {}\n", copy.bytes, place(copy.from),
                       plan.states[static_cast<size_t>(copy.state)]);
  return out;
}

}  // namespace tessera
