// pipeline: what makes the graph that a rank runs from a graph on one device, as a table of passes: a name, when the pass
// applies, and what it makes of a graph. Whoever prints, explains or checks the passes reads the rows. Builders of graphs
// (model, grad, optimizer) and the precision pass, which sees a whole program, come before; the plan comes after.
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

  /// States that a graph makes without a layout get one, in which the other graphs find them.
  ShardWishes wishes = {};
  Recompute recompute = Recompute::none;
  HasKernel has_kernel = {};  // of the backend that runs the graphs

  /// Rows of logits made at a time: fewer cost speed, more cost memory.
  int64_t head_rows = 256;

  /// Small enough that sending begins early in the backward pass, large enough that latency does not count (the figure of Li
  /// et al., "PyTorch Distributed", VLDB 2020).
  int64_t bucket_bytes = int64_t{25} << 20;

  std::map<std::string, Layout> inputs = {};  // made: of data inputs that are split, "GRAPH.INPUT"

  /// Made: by graph, what its values are of the whole graph's.
  std::map<std::string, LocalValues> values = {};
};

struct Pass {
  std::string_view name;
  bool on_mesh;  // applies on a mesh of several ranks alone
  Graph (*run)(const Graph& graph, Lowering& lowering);
};

/// The passes in their order.
std::span<const Pass> pipeline();

/// The names of all forms of a graph in their order, from "model" to "plan"; those of passes that apply on a mesh alone
/// say so.
std::string form_names();

/// Is called with each form of a graph and the name of what made it.
using PassObserver = std::function<void(std::string_view pass, const Graph& graph)>;

/// The program of one rank: each graph through all passes that apply, and states as the mesh splits them.
Program lower(const Program& program, Lowering& lowering, const PassObserver& observer = {});

}  // namespace tessera
