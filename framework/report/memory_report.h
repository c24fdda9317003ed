// memory_report: where the bytes of a planned program go: states by kind, and the arena at its
// fullest step, namely gradients of parameters, other values (activations), scratch of kernels
// (workspace), and what packing leaves unused between them.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "framework/graph/program.h"
#include "framework/plan/plan.h"

namespace tessera {

struct MemoryReport {
  struct Tensor {
    std::string name, kind;  // "parameter", "gradient", "gathered", "activation", "workspace", …
    int64_t bytes = 0;
  };

  std::map<StateKind, int64_t> states;  // with the padding that aligns them
  int64_t state_bytes = 0;

  /// Where the arena is fullest: the graph's name, and the node's.
  std::string graph, step;
  int64_t gradients = 0, activations = 0, workspace = 0, unused = 0;
  int64_t gathered = 0;  // sharded parameters, put together for use
  /// The sum of gradients, activations, workspace, unused and gathered.
  int64_t arena_bytes = 0;

  std::vector<Tensor> live;     // tensors in the arena at that step, the largest first
  std::vector<Tensor> largest;  // tensors of `live` and the states, the largest first

  int64_t bytes() const { return state_bytes + arena_bytes; }
};

/// The report on a program; `plans` are the plans of all its graphs.
MemoryReport memory_report(const Program& program, std::span<const Plan* const> plans);
MemoryReport memory_report(const Program& program, const std::vector<Plan>& plans);

/// A table of the kinds and the `count` largest tensors in the arena.
std::string to_string(const MemoryReport& report, size_t count = 10);

/// "1.5 GiB", "12.0 MiB", "640 B".
std::string bytes_text(int64_t bytes);

}  // namespace tessera
