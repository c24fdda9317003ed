#include "framework/graph/query.h"
#include "framework/verify/verify_compare.h"

namespace tessera {
namespace {

std::set<std::string> made_into(const Graph& graph, std::string_view output) {
  std::set<std::string> out;
  const Port* port = graph.find_output(output);
  if (port == nullptr) return out;
  const std::vector<bool> makers = ancestors_of(graph, port->value);
  for (size_t i = 0; i < makers.size(); ++i)
    if (makers[i])
      for (ValueId v : graph.nodes()[i].outputs) out.insert(graph.value(v).name);
  return out;
}

}  // namespace

VerifySide::VerifySide(const Models& models, const Config& config, int64_t vocab)
    : config_(config) {
  assembly_ = assemble_training(
      models, config_, vocab,
      [&](std::string_view pass, const Graph& graph) {
        if (pass == "precision") sources_[graph.name()] = graph;
      },
      &values_);
  for (const auto& [name, graph] : sources_) forward_[name] = made_into(graph, "loss");
  for (const auto& [graph, values] : values_)
    for (const auto& [name, value] : values) {
      if (value.form == LocalValue::Form::kept) kept_[graph][value.source] = value.layout;
      if (value.wire) wires_[graph].insert({value.source, *value.wire});
    }
}

LocalValue VerifySide::state(const State& state) const {
  if (mesh().size() > 1) return {state.name, state.whole, state.layout};
  return {state.name, state.type.shape, Layout::whole(state.type.shape.size())};
}

const Layout* VerifySide::kept(const std::string& graph, const std::string& name) const {
  const auto of_graph = kept_.find(graph);
  if (of_graph == kept_.end()) return nullptr;
  const auto it = of_graph->second.find(name);
  return it == of_graph->second.end() ? nullptr : &it->second;
}

const std::map<std::string, DType>& VerifySide::wires(const std::string& graph) const {
  static const std::map<std::string, DType> none;
  const auto of_graph = wires_.find(graph);
  return of_graph == wires_.end() ? none : of_graph->second;
}

std::string VerifySide::kind(const ValueKey& key) const {
  if (key.graph == "states") return "states";
  const Graph& graph = sources_.at(key.graph);
  if (graph.find_input(key.name)) return "inputs";
  if (forward_.at(key.graph).contains(key.name)) return "activations";
  const bool update = key.name.starts_with("update.") || key.name.starts_with("optimizer.");
  return update ? "updates" : "gradients";
}

}  // namespace tessera
