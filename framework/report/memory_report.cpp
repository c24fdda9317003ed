#include "framework/report/memory_report.h"

#include <algorithm>

#include "framework/ops/ops.h"
#include "framework/passes/state_moves.h"
#include "framework/plan/storage.h"

namespace tessera {
namespace {

/// By value: whether it is a parameter, or a view or another precision of one.
std::vector<bool> parameters_of(const Program& program, const Graph& graph) {
  std::vector<bool> out(graph.values().size(), false);
  for (const Port& port : graph.inputs()) {
    const State* state = port.kind == PortKind::state ? program.find_state(port.name) : nullptr;
    out[static_cast<size_t>(port.value)] =
        state && (state->kind == StateKind::parameter || state->kind == StateKind::compute_copy);
  }
  for (const Node& node : graph.nodes())
    if (is_view(graph, node) || node.op->shows == Shows::rounded)
      for (ValueId v : node.outputs)
        out[static_cast<size_t>(v)] = out[static_cast<size_t>(node.inputs[0])];
  return out;
}

/// What the values of a graph are for.
class Kinds {
 public:
  Kinds(const Program& program, const Graph& graph)
      : graph_(graph),
        gradient_(graph.values().size(), false),
        gathered_(graph.values().size(), false) {
    const std::vector<bool> parameters = parameters_of(program, graph);
    for (ValueId v = 0; v < static_cast<ValueId>(graph.values().size()); ++v) {
      const CotangentOf& of = graph.value(v).cotangent;
      gradient_[at(v)] = of.primal >= 0 && parameters[at(of.primal)];
    }
    // A value that becomes a gradient on its way through messages is a gradient as well: a rank's
    // part of the sum.
    for (size_t i = graph.nodes().size(); i-- > 0;) {
      const Node& node = graph.nodes()[i];
      if (moves(node) && any(gradient_, node.outputs)) mark(gradient_, node.inputs);
    }
    for (const Node& node : graph.nodes()) {
      // Messages that move states gather parameters or sum accumulators.
      auto& of = node.op == &ops::all_gather ? gathered_ : gradient_;
      if (moves_states(graph, node)) mark(of, node.outputs);
      for (auto* kind : {&gathered_, &gradient_})
        if (moves(node) && any(*kind, node.inputs)) mark(*kind, node.outputs);
    }
  }

  std::string of(const PlanBuffer& buffer) const {
    if (buffer.scratch) return "workspace";
    if (any(gradient_, buffer.values)) return "gradient";
    return any(gathered_, buffer.values) ? "gathered" : "activation";
  }

 private:
  static size_t at(ValueId v) { return static_cast<size_t>(v); }

  bool moves(const Node& node) const { return node.op->collective || shows_elements(graph_, node); }
  static bool any(const std::vector<bool>& of, std::span<const ValueId> values) {
    return std::any_of(values.begin(), values.end(), [&](ValueId v) { return of[at(v)]; });
  }
  static void mark(std::vector<bool>& of, std::span<const ValueId> values) {
    for (ValueId v : values) of[at(v)] = true;
  }

  const Graph& graph_;
  std::vector<bool> gradient_, gathered_;  // by value
};

int64_t aligned(int64_t bytes) {
  constexpr auto kUnit = static_cast<int64_t>(kAlignment);
  return (bytes + kUnit - 1) / kUnit * kUnit;
}

void sort_by_size(std::vector<MemoryReport::Tensor>& tensors) {
  std::stable_sort(tensors.begin(), tensors.end(),
                   [](const auto& a, const auto& b) { return a.bytes > b.bytes; });
}

void add_arena(MemoryReport& report, const Program& program, const Plan& plan) {
  report.graph = plan.graph.name();
  report.arena_bytes = plan.arena_bytes;
  const auto nodes = static_cast<int>(plan.graph.nodes().size());
  report.step = plan.peak_step < 0 ? "before the first step"
                : plan.peak_step >= nodes
                    ? "after the last step"
                    : plan.graph.value(plan.graph.node(plan.peak_step).outputs[0]).name.str();
  const Kinds kinds(program, plan.graph);
  for (const PlanBuffer& b : plan.buffers) {
    if (b.first > plan.peak_step || b.last < plan.peak_step || b.bytes == 0) continue;
    const std::string kind = kinds.of(b);
    (kind == "workspace"  ? report.workspace
     : kind == "gradient" ? report.gradients
     : kind == "gathered" ? report.gathered
                          : report.activations) += aligned(b.bytes);
    report.live.push_back({b.name, kind, b.bytes});
  }
  report.unused = report.arena_bytes - report.gradients - report.gathered - report.activations -
                  report.workspace;
  sort_by_size(report.live);
}

}  // namespace

MemoryReport memory_report(const Program& program, std::span<const Plan* const> plans) {
  MemoryReport report;
  for (const State& state : program.states()) {
    const auto bytes = static_cast<int64_t>(state.type.bytes());
    report.states[state.kind] += aligned(bytes);
    report.state_bytes += aligned(bytes);
    report.largest.push_back({state.name, std::string(to_string(state.kind)), bytes});
  }
  const auto fullest = std::max_element(
      plans.begin(), plans.end(),
      [](const Plan* a, const Plan* b) { return a->arena_bytes < b->arena_bytes; });
  if (fullest != plans.end()) add_arena(report, program, **fullest);
  report.largest.insert(report.largest.end(), report.live.begin(), report.live.end());
  sort_by_size(report.largest);
  return report;
}

MemoryReport memory_report(const Program& program, const std::vector<Plan>& plans) {
  std::vector<const Plan*> pointers;
  for (const Plan& plan : plans) pointers.push_back(&plan);
  return memory_report(program, pointers);
}

std::string to_string(const MemoryReport& report, size_t count) {
  std::string out;
  const auto row = [&](std::string_view what, int64_t bytes) {
    out += fmt::format("{:<28}{:>12}{:>8.1f} %\n", what, bytes_text(bytes),
                       100.0 * static_cast<double>(bytes) /
                           static_cast<double>(std::max<int64_t>(report.bytes(), 1)));
  };
  for (const auto& [kind, bytes] : report.states)
    row(fmt::format("state: {}", to_string(kind)), bytes);
  row("arena: gradients", report.gradients);
  if (report.gathered > 0) row("arena: gathered parameters", report.gathered);
  row("arena: activations", report.activations);
  row("arena: workspace", report.workspace);
  row("arena: unused", report.unused);
  row("all", report.bytes());
  if (report.live.empty()) return out;
  out +=
      fmt::format("the arena is fullest in graph '{}' at '{}'; the largest of {} buffers there:\n",
                  report.graph, report.step, report.live.size());
  for (size_t i = 0; i < std::min(count, report.live.size()); ++i)
    out += fmt::format("{:>12}  {:<11} {}\n", bytes_text(report.live[i].bytes), report.live[i].kind,
                       report.live[i].name);
  return out;
}

std::string bytes_text(int64_t bytes) {
  constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto size = static_cast<double>(bytes);
  size_t unit = 0;
  for (; size >= 1024 && unit < 4; ++unit) size /= 1024;
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", size, kUnits[unit]);
}

}  // namespace tessera
