// Program: several graphs of fixed shape over one table of states: the training step, evaluation,
// prefill, decode, … States are what outlives a run; all graphs that name a state mean the same
// memory.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "framework/graph/graph.h"
#include "framework/mesh/layout.h"

namespace tessera {

enum class StateKind { parameter, compute_copy, moment, accumulator, counter, cache };

std::string_view to_string(StateKind kind);

/// A state. On a mesh `type` is that of a rank's part, `whole` is the shape of what all ranks hold
/// together, and `layout` says how it is split; without a mesh `whole` and `layout` are empty.
/// `kept` is set when only a part of the state, from the first element on, is the model's own, and
/// is that part's shape; the elements beyond are padding: zeros that stay zeros, which no
/// checkpoint holds.
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
  /// Declares a state. Declaring it again alike changes nothing; a different declaration is an
  /// InternalError.
  void declare(State state);

  const std::vector<Graph>& graphs() const { return graphs_; }
  /// Takes the graphs out, so that each can be let go of when it has been worked on.
  std::vector<Graph> take_graphs() { return std::exchange(graphs_, {}); }
  const std::vector<State>& states() const { return states_; }
  const State* find_state(std::string_view name) const;

  /// Throws InternalError unless every state port of every graph names a declared state of its
  /// type.
  void verify() const;

 private:
  std::vector<Graph> graphs_;
  std::vector<State> states_;
  NameIndex index_;  // of states_
};

}  // namespace tessera
