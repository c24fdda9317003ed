#include "framework/runtime/session.h"

#include <chrono>
#include <cstring>

namespace tessera {

Session::Session(Compiled compiled)
    : compiled_(std::move(compiled)),
      states_(static_cast<size_t>(compiled_.state_bytes)),
      arena_(static_cast<size_t>(compiled_.arena_bytes)) {
  for (const CompiledGraph& graph : compiled_.graphs) {
    Ready ready;
    for (const PlanStep& step : graph.plan.steps) {
      Call call;
      for (const Slot& slot : step.in) call.in.push_back(place(graph.plan, slot));
      for (const Slot& slot : step.out) call.out.push_back(place(graph.plan, slot));
      call.scratch = arena_.data() + step.scratch;
      ready.calls.push_back(std::move(call));
    }
    for (const PlanCopy& copy : graph.plan.copies)
      ready.copies.push_back({place(graph.plan, {copy.state, 0}), place(graph.plan, copy.from),
                              static_cast<size_t>(copy.bytes)});
    ready_.push_back(std::move(ready));
  }
}

std::byte* Session::place(const Plan& plan, const Slot& slot) {
  if (slot.state < 0) return arena_.data() + slot.offset;
  return state_view(plan.states[static_cast<size_t>(slot.state)]).data + slot.offset;
}

Session::Bytes Session::state_view(std::string_view name) {
  const auto& states = compiled_.program.states();
  for (size_t i = 0; i < states.size(); ++i)
    if (states[i].name == name)
      return {states[i].type, states_.data() + compiled_.state_offsets[i]};
  internal_error("the program has no state '{}'", name);
}

size_t Session::index_of(std::string_view graph) const {
  for (size_t i = 0; i < compiled_.graphs.size(); ++i)
    if (compiled_.graphs[i].plan.graph.name() == graph) return i;
  internal_error("the program has no graph '{}'", graph);
}

Session::Bytes Session::port(std::string_view graph, std::string_view name, bool input) {
  const Plan& plan = compiled_.graphs[index_of(graph)].plan;
  const Port* port = input ? plan.graph.find_input(name) : plan.graph.find_output(name);
  check(port != nullptr && port->kind == PortKind::data, "graph '{}' has no data {} '{}'", graph,
        input ? "input" : "output", name);
  return {plan.graph.value(port->value).type,
          place(plan, plan.values[static_cast<size_t>(port->value)])};
}

void Session::run(std::string_view name) {
  const size_t index = index_of(name);
  const CompiledGraph& graph = compiled_.graphs[index];
  const Ready& ready = ready_[index];
  for (size_t i = 0; i < ready.calls.size(); ++i) {
    const Call& call = ready.calls[i];
    const KernelArgs args{call.in.data(), call.out.data(), call.scratch};
    if (!on_step) {
      graph.kernels[i].run(args);
      continue;
    }
    const auto begin = std::chrono::steady_clock::now();
    graph.kernels[i].run(args);
    on_step(graph.plan.graph, static_cast<NodeId>(i),
            std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  for (const Ready::Copy& copy : ready.copies) std::memcpy(copy.to, copy.from, copy.bytes);
}

}  // namespace tessera
