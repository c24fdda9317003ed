#include "framework/graph/program.h"

#include <array>

namespace tessera {

std::string_view to_string(StateKind kind) {
  constexpr std::array<std::string_view, 6> kNames{"parameter",   "compute copy", "moment",
                                                   "accumulator", "counter",      "cache"};
  return kNames.at(static_cast<size_t>(kind));
}

void Program::add(Graph graph) {
  for (const Graph& g : graphs_)
    check(g.name() != graph.name(), "the program has a graph '{}' already", g.name());
  graphs_.push_back(std::move(graph));
}

void Program::declare(State state) {
  if (const State* known = find_state(state.name)) {
    if (*known == state) return;
    internal_error("the state '{}' is declared as {} {} and as {} {}", state.name,
                   to_string(known->kind), to_string(known->type), to_string(state.kind),
                   to_string(state.type));
  }
  index_.insert(SharedText::hash_of(state.name), static_cast<int32_t>(states_.size()));
  states_.push_back(std::move(state));
}

const State* Program::find_state(std::string_view name) const {
  const NameIndex::Slot* found = index_.find(states_, name, SharedText::hash_of(name));
  return found ? &states_[static_cast<size_t>(found->at)] : nullptr;
}

void Program::verify() const {
  for (const Graph& graph : graphs_)
    for (const auto* ports : {&graph.inputs(), &graph.outputs()})
      for (const Port& port : *ports) {
        if (port.kind != PortKind::state) continue;
        const State* state = find_state(port.name);
        check(state != nullptr, "graph '{}' uses the state '{}', which is not declared",
              graph.name(), port.name);
        const TensorType& type = graph.value(port.value).type;
        if (type != state->type)
          internal_error("graph '{}' has the state '{}' as {}, not {}", graph.name(), port.name,
                         to_string(type), to_string(state->type));
      }
}

}  // namespace tessera
