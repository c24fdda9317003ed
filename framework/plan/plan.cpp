#include "framework/plan/plan.h"

#include <algorithm>
#include <unordered_map>

#include "framework/graph/text.h"
#include "framework/graph/verify.h"
#include "framework/plan/offsets.h"
#include "framework/plan/storage.h"

namespace tessera {
namespace {

bool only_views(const Graph& graph, const Node& node) {
  const std::vector<Alias> aliases = aliases_of(graph, node);
  for (int i = 0; i < static_cast<int>(node.outputs.size()); ++i)
    if (std::none_of(aliases.begin(), aliases.end(), [&](const Alias& alias) {
          return alias.result == i && alias.kind == Alias::Kind::view;
        }))
      return false;
  return true;
}

class Planner {
 public:
  Planner(Graph graph, const ScratchBytes& scratch) {
    plan_.graph = std::move(graph);
    storage_ = assign_storage(plan_.graph);
    for (const StorageBuffer& b : storage_.buffers) base_.push_back(base(b));
    add_scratch(scratch);
    pack_arena();
  }

  Plan run() {
    const Graph& g = plan_.graph;
    plan_.steps.reserve(g.nodes().size());
    for (const StoragePlace& place : storage_.values) plan_.values.push_back(slot(place));
    for (const StoragePlace& place : storage_.outputs) plan_.outputs.push_back(slot(place));
    for (NodeId id = 0; static_cast<size_t>(id) < g.nodes().size(); ++id) {
      PlanStep step;
      step.node = id;
      step.in.reserve(g.node(id).inputs.size());
      step.out.reserve(g.node(id).outputs.size());
      for (ValueId v : g.node(id).inputs) step.in.push_back(plan_.values[static_cast<size_t>(v)]);
      for (ValueId v : g.node(id).outputs) step.out.push_back(plan_.values[static_cast<size_t>(v)]);
      const int at = scratch_[static_cast<size_t>(id)];
      if (at >= 0) {
        step.scratch = plan_.buffers[static_cast<size_t>(at)].offset;
        step.scratch_bytes = plan_.buffers[static_cast<size_t>(at)].bytes;
      }
      step.view = !g.node(id).op->collective && only_views(g, g.node(id));
      plan_.steps.push_back(std::move(step));
    }
    for (const StorageCopy& copy : storage_.copies)
      plan_.copies.push_back({slot(copy.from), slot({copy.to, 0}), copy.bytes});
    return std::move(plan_);
  }

 private:
  struct Base {
    int state = -1, row = -1;  // position in plan_.states, or in plan_.buffers
  };

  Base base(const StorageBuffer& b) {
    if (b.state.empty()) {
      if (b.bytes == 0) return {};  // merged into another buffer
      plan_.buffers.push_back({b.name, b.bytes, 0, b.first, b.last, false, b.values});
      return {-1, static_cast<int>(plan_.buffers.size()) - 1};
    }
    const auto [known, is_new] = states_.emplace(b.state, static_cast<int>(plan_.states.size()));
    if (is_new) plan_.states.push_back(b.state);
    return {known->second, -1};
  }

  void add_scratch(const ScratchBytes& scratch) {
    const Graph& g = plan_.graph;
    for (NodeId id = 0; static_cast<size_t>(id) < g.nodes().size(); ++id) {
      const auto bytes = static_cast<int64_t>(scratch(g, id));
      scratch_.push_back(bytes > 0 ? static_cast<int>(plan_.buffers.size()) : -1);
      if (bytes > 0)
        plan_.buffers.push_back({g.value(g.node(id).outputs[0]).name, bytes, 0, id, id, true, {}});
    }
  }

  void pack_arena() {
    std::vector<Lifetime> lifetimes;
    for (const PlanBuffer& b : plan_.buffers) lifetimes.push_back({b.bytes, b.first, b.last});
    const Packing packing = pack(lifetimes, static_cast<int64_t>(kAlignment));
    for (size_t i = 0; i < plan_.buffers.size(); ++i) plan_.buffers[i].offset = packing.offsets[i];
    plan_.arena_bytes = packing.bytes;
    plan_.live_peak = packing.live_peak;
    plan_.peak_step = packing.peak_step;
  }

  Slot slot(const StoragePlace& place) const {
    const Base& b = base_[static_cast<size_t>(place.buffer)];
    const int64_t begin = b.row < 0 ? 0 : plan_.buffers[static_cast<size_t>(b.row)].offset;
    return {b.state, begin + place.offset};
  }

  Plan plan_;
  Storage storage_;
  std::vector<Base> base_;                            // by buffer of the storage
  std::vector<int> scratch_;                          // by node: its row in plan_.buffers, or -1
  std::unordered_map<std::string_view, int> states_;  // the names lie in storage_
};

}  // namespace

Plan make_plan(Graph graph, const ScratchBytes& scratch) {
  verify(graph);
  return Planner(std::move(graph), scratch).run();
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
    out += fmt::format("copy {} bytes {} to {}\n", copy.bytes, place(copy.from), place(copy.to));
  return out;
}

}  // namespace tessera
