// Rewriter: how a pass makes a new graph from an old one. It walks the old graph in order; a node
// is copied unless the pass puts something else in its place. Names, places, cotangent marks, ports
// and order carry over by themselves.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "framework/graph/graph.h"
#include "framework/graph/op_def.h"

namespace tessera {

class Rewriter {
 public:
  explicit Rewriter(const Graph& source);

  const Graph& source() const { return source_; }
  Graph& graph() { return graph_; }

  /// The new value that stands for `old`.
  Value operator[](ValueId old) const;
  bool has(ValueId old) const { return static_cast<bool>(map_[static_cast<size_t>(old)]); }
  /// Makes `value` stand for `old` and take over the cotangent mark of `old`, and its name as well,
  /// unless `value` stands for another value already or the name is in use.
  void replace(ValueId old, Value value);

  std::vector<Value> operands(const Node& node) const;
  /// Copies the node with its mapped operands.
  void copy(const Node& node);
  /// Copies the node with these operands, if nothing else of it changes (see Graph::add_copy).
  /// Returns whether it has.
  bool try_copy(const Node& node, std::span<const Value> operands);
  /// Copies all inputs of the source graph.
  void copy_inputs();
  /// Copies the outputs (and cotangent marks); to be called last.
  void copy_outputs();

  /// Takes the new graph out.
  Graph finish();

 private:
  bool copy_on_operands(const Node& node);
  /// Notes that the new value stands for an old one; returns whether it did so before.
  bool now_stands(ValueId value);

  const Graph& source_;
  Graph graph_;
  std::vector<Value> map_;
  std::vector<bool> stands_;       // by new value: whether it stands for an old one
  std::vector<ValueId> operands_;  // those of the node that is being copied
};

/// Makes a new graph by looking at one node at a time: `f` returns true when it has replaced the
/// node's results.
Graph rewrite(const Graph& source, const std::function<bool(Rewriter&, const Node&)>& f);

/// What a rewriting that copies every node gives: `source` itself, with its inputs in front.
Graph unchanged(const Graph& source);

/// `source` without the nodes on which no output depends.
Graph prune(const Graph& source);

}  // namespace tessera
