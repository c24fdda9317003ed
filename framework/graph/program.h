// Program: several graphs of fixed shape over one table of states: the training step, evaluation, prefill, decode, …
// States are what outlives a run; every graph that names one means the same memory.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "framework/graph/graph.h"
#include "framework/mesh/layout.h"

namespace tessera {

enum class StateKind { parameter, compute_copy, moment, accumulator, counter, cache };

std::string_view to_string(StateKind kind);

/// On a mesh `type` is that of a rank's part, and `whole` the shape of what all ranks hold together as `layout` says; without
/// one both are empty. Where only a part is the model's own, from the first element on, `kept` is its shape: what lies beyond
/// is padding, zeros that stay zeros, which no checkpoint holds.
struct State {
  std::string name;
  TensorType type;
  StateKind kind = StateKind::parameter;
  Shape kept = {};
  Shape whole = {};
  Layout layout = {};
  bool operator==(const State&) const = default;
};

class Program {
 public:
  /// Adds a graph; its name must be new.
  void add(Graph graph);
  /// Declares a state; the same declaration twice is fine, a different one is an InternalError.
  void declare(State state);

  const std::vector<Graph>& graphs() const { return graphs_; }
  const std::vector<State>& states() const { return states_; }
  const State* find_state(std::string_view name) const;

  /// Every state port of every graph names a declared state of its type; InternalError otherwise.
  void verify() const;

 private:
  std::vector<Graph> graphs_;
  std::vector<State> states_;
  std::map<std::string, size_t, std::less<>> index_;  // of states by name
};

}  // namespace tessera
