// compile: a Program made ready for a backend: its places bound to one rank, kernels prepared, every byte placed. Nothing
// large is allocated yet, so this answers what a run would need on any machine.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "framework/comm/communicator.h"
#include "framework/device/device.h"
#include "framework/graph/program.h"
#include "framework/plan/plan.h"
#include "framework/report/traffic.h"

namespace tessera {

struct CompiledGraph {
  Plan plan;
  std::vector<Kernel> kernels;  // by node
};

struct Compiled {
  Program program;  // as given
  DeviceProfile profile;
  std::vector<CompiledGraph> graphs;   // in the program's order
  std::vector<int64_t> state_offsets;  // by state, into the state memory
  int64_t state_bytes = 0;
  int64_t arena_bytes = 0;  // of the largest graph
  std::shared_ptr<Traffic> exchanged =
      std::make_shared<Traffic>();  // counted by collectives as they run

  int64_t bytes() const { return state_bytes + arena_bytes; }
  const CompiledGraph& graph(std::string_view name) const;
};

/// Where on a mesh a program runs: places in its graphs become numbers, and collectives run on these groups. Without a
/// world the program can be planned, not run.
struct MeshPlace {
  Mesh mesh = {};
  int64_t rank = 0;
  World* world = nullptr;
};

struct CompileOptions {
  /// Shown the kernels of every graph, by node, before they are planned; may put others in their places.
  std::function<void(const Graph&, const MeshPlace&, std::vector<Kernel>&)> wrap = {};
};

/// The program for a backend when it has come through no pipeline: composites stand for ops without a kernel there.
Program expand_for(const Program& program, std::string_view backend);

/// For a device, with its own kernels. UserError when an op has none there; the pipeline has put composites in the place of
/// such ops.
Compiled compile(Program program, const Device& device, const MeshPlace& place = {},
                 const CompileOptions& options = {});

/// For a device that need not be here: the profile says what it is, and its backend which kernels it has.
Compiled compile(Program program, const DeviceProfile& profile, const MeshPlace& place = {},
                 const CompileOptions& options = {});

}  // namespace tessera
