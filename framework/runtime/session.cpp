#include "framework/runtime/session.h"

#include <chrono>

namespace tessera {

Session::Session(Compiled compiled, std::shared_ptr<Device> device)
    : compiled_(std::move(compiled)),
      device_(std::move(device)),
      memory_is_host_(device_->memory_is_host()),
      states_(*device_, static_cast<size_t>(compiled_.state_bytes)),
      arena_(*device_, static_cast<size_t>(compiled_.arena_bytes)),
      stream_(*device_) {
  check(compiled_.profile.backend == device_->kernels().backend,
        "a program compiled for '{}' on a device of '{}'", compiled_.profile.backend,
        device_->kernels().backend);
  for (const CompiledGraph& graph : compiled_.graphs) {
    const Plan& plan = graph.plan;
    std::vector<std::byte*> bases;
    for (const std::string& state : plan.states) bases.push_back(this->state(state).data);
    const auto at = [&](const Slot& slot) {
      return (slot.state < 0 ? arena_.data() : bases[static_cast<size_t>(slot.state)]) +
             slot.offset;
    };
    Ready ready;
    for (size_t i = 0; i < plan.steps.size(); ++i) {
      const PlanStep& step = plan.steps[i];
      if (step.view) continue;
      Call call{step.node, i, {}, {}, arena_.data() + step.scratch};
      for (const Slot& slot : step.in) call.in.push_back(at(slot));
      for (const Slot& slot : step.out) call.out.push_back(at(slot));
      ready.calls.push_back(std::move(call));
    }
    for (const PlanCopy& copy : plan.copies)
      ready.copies.push_back({at(copy.to), at(copy.from), static_cast<size_t>(copy.bytes)});
    ready_.push_back(std::move(ready));
  }
}

std::byte* Session::place(const Plan& plan, const Slot& slot) {
  if (slot.state < 0) return arena_.data() + slot.offset;
  return state(plan.states[static_cast<size_t>(slot.state)]).data + slot.offset;
}

DeviceTensor Session::state(std::string_view name) {
  const State* state = compiled_.program.find_state(name);
  check(state != nullptr, "the program has no state '{}'", name);
  const auto index = static_cast<size_t>(state - compiled_.program.states().data());
  return {state->type, states_.data() + compiled_.state_offsets[index]};
}

void Session::fill_arena(std::byte byte) {
  const std::vector<std::byte> bytes(arena_.size(), byte);
  stream_.upload(arena_.data(), bytes.data(), bytes.size());
}

size_t Session::index_of(std::string_view graph) const {
  for (size_t i = 0; i < compiled_.graphs.size(); ++i)
    if (compiled_.graphs[i].plan.graph.name() == graph) return i;
  internal_error("the program has no graph '{}'", graph);
}

DeviceTensor Session::port(std::string_view graph, std::string_view name, bool input) {
  const Plan& plan = compiled_.graphs[index_of(graph)].plan;
  const Port* port = input ? plan.graph.find_input(name) : plan.graph.find_output(name);
  check(port != nullptr && port->kind == PortKind::data, "graph '{}' has no data {} '{}'", graph,
        input ? "input" : "output", name);
  const Slot& slot = input ? plan.values[static_cast<size_t>(port->value)]
                           : plan.outputs[static_cast<size_t>(port - plan.graph.outputs().data())];
  return {plan.graph.value(port->value).type, place(plan, slot)};
}

void Session::show(const Plan& plan, ValueId value) {
  on_value(plan.graph, value,
           {plan.graph.value(value).type, place(plan, plan.values[static_cast<size_t>(value)])});
}

void Session::show_inputs(const Plan& plan) {
  for (const Port& port : plan.graph.inputs()) show(plan, port.value);
}

void Session::show_results(const Plan& plan, size_t begin, size_t end) {
  for (size_t i = begin; i < end; ++i)
    for (ValueId v : plan.graph.node(plan.steps[i].node).outputs) show(plan, v);
}

void Session::run(std::string_view name) {
  const size_t index = index_of(name);
  const CompiledGraph& graph = compiled_.graphs[index];
  const Ready& ready = ready_[index];
  size_t shown = 0;  // steps whose results were shown
  if (on_value) show_inputs(graph.plan);
  for (const Call& call : ready.calls) {
    const Kernel& kernel = graph.kernels[static_cast<size_t>(call.node)];
    const KernelArgs args{call.in.data(), call.out.data(), call.scratch, &stream_};
    if (!on_step && !on_value) {
      kernel.run(args);
      continue;
    }
    if (on_value) show_results(graph.plan, shown, call.step);  // the views before this step
    if (on_step) stream_.synchronize();
    const auto begin = std::chrono::steady_clock::now();
    kernel.run(args);
    if (on_step) {
      stream_.synchronize();
      on_step(graph.plan.graph, call.node,
              std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
    if (on_value) show_results(graph.plan, call.step, call.step + 1);
    shown = call.step + 1;
  }
  if (on_value) show_results(graph.plan, shown, graph.plan.steps.size());
  for (const Ready::Copy& copy : ready.copies) stream_.copy(copy.to, copy.from, copy.bytes);
}

}  // namespace tessera
