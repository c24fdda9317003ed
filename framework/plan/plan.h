// plan: gives every value of a graph its place, library scratch included, before anything runs. The
// arena holds what lives inside one run; states lie beside it and are shared by all graphs of a
// Program.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "framework/graph/graph.h"

namespace tessera {

/// A place: in the arena when `state` is negative, otherwise in that state (position in
/// Plan::states).
struct Slot {
  int state = -1;
  int64_t offset = 0;
  bool operator==(const Slot&) const = default;
};

struct PlanStep {
  NodeId node = -1;
  InlineVector<Slot, 2> in, out;
  int64_t scratch = 0, scratch_bytes = 0;  // in the arena
  bool view = false;                       // its results are its operands' memory: nothing to run
};

/// Bytes moved after the last step, in order: new states that were made elsewhere, and results
/// saved from states.
struct PlanCopy {
  Slot from, to;
  int64_t bytes = 0;
};

/// A buffer in the arena.
struct PlanBuffer {
  SharedText name;  // that of the value that it was made for; for scratch, that of the node
  int64_t bytes = 0, offset = 0;
  int first = 0, last = 0;
  bool scratch = false;
  ValueIds values;  // values in the buffer, one after the other or as views
};

struct Plan {
  Graph graph;
  std::vector<std::string> states;  // states that this graph touches
  std::vector<PlanStep> steps;
  std::vector<PlanCopy> copies;
  std::vector<Slot> values;         // by value, while the steps run
  std::vector<Slot> outputs;        // by output of the graph, after the copies
  std::vector<PlanBuffer> buffers;  // arena only
  int64_t arena_bytes = 0, live_peak = 0;
  int peak_step = 0;
};

/// Bytes of scratch memory that a node's kernel needs.
using ScratchBytes = std::function<size_t(const Graph&, NodeId)>;

/// The plan of a verified graph; buffers are aligned to kAlignment of the kernels' contract (64
/// bytes).
Plan make_plan(Graph graph, const ScratchBytes& scratch);

/// The steps with places and sizes, as stable text.
std::string to_string(const Plan& plan);

}  // namespace tessera
