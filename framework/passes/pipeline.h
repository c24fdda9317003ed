// pipeline: the passes that make the graph that a rank runs from a graph on one device, as a table:
// the name of a pass, when it applies, and what it makes of a graph. Whoever prints, explains or
// checks the passes reads the rows. Builders of graphs (model, grad, optimizer) and the precision
// pass, which sees a whole program, come before; the plan comes after.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "framework/graph/program.h"
#include "framework/passes/expand.h"
#include "framework/passes/partition.h"
#include "framework/passes/recompute.h"

namespace tessera {

/// What the passes work from, and what they leave behind for others.
struct Lowering {
  Mesh mesh = {};  // one rank: nothing is distributed

  /// Wished layouts. A state without one gets the layout in which a graph makes it, and the other
  /// graphs find it there.
  ShardWishes wishes = {};
  Recompute recompute = Recompute::none;
  HasKernel has_kernel = {};  // asks the backend that runs the graphs

  /// Rows of logits made at a time: fewer cost speed, more cost memory.
  int64_t head_rows = 256;

  /// Bytes of a full bucket, small enough that sending begins early in the backward pass and large
  /// enough that latency does not count (the figure of Li et al., "PyTorch Distributed", VLDB
  /// 2020).
  int64_t bucket_bytes = int64_t{25} << 20;

  /// Made by the passes: the layouts of data inputs that are split, by "GRAPH.INPUT".
  std::map<std::string, Layout> inputs = {};

  /// Filled in by the passes where it is given: by graph, what its values are of the whole graph's.
  std::map<std::string, LocalValues>* values = nullptr;
};

struct Pass {
  std::string_view name;
  bool on_mesh;  // whether it applies only on a mesh of several ranks
  Graph (*run)(const Graph& graph, Lowering& lowering);
};

/// The passes in their order.
std::span<const Pass> pipeline();

/// The names of all forms of a graph in their order, from "model" to "plan"; passes that apply only
/// on a mesh are marked so.
std::string form_names();

/// Called with each form of a graph and the name of the pass that made it.
using PassObserver = std::function<void(std::string_view pass, const Graph& graph)>;

/// The program of one rank: each graph after all passes that apply, and states as the mesh splits
/// them.
Program lower(Program program, Lowering& lowering, const PassObserver& observer = {});

}  // namespace tessera
