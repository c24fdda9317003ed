// compile makes a Program ready for a backend: it binds places to one rank, prepares the kernels
// and places every byte. Nothing large is allocated yet, so the result tells on any machine what a
// run would need.
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
  std::vector<Kernel> kernels;  // one per node
};

struct Compiled {
  Program program;  // as it was given
  DeviceProfile profile;
  std::vector<CompiledGraph> graphs;   // in the program's order
  std::vector<int64_t> state_offsets;  // each state's offset in the state memory
  int64_t state_bytes = 0;
  int64_t arena_bytes = 0;  // the largest graph's arena
  /// What the collectives exchanged, counted as they run.
  std::shared_ptr<Traffic> exchanged = std::make_shared<Traffic>();

  int64_t bytes() const { return state_bytes + arena_bytes; }
  const CompiledGraph& graph(std::string_view name) const;
};

/// Where on a mesh a program runs: `rank` turns the places in its graphs into numbers, and
/// collectives run on the groups of `world`. Without a world the program can be planned but not
/// run.
struct MeshPlace {
  Mesh mesh = {};
  int64_t rank = 0;
  World* world = nullptr;
};

struct CompileOptions {
  /// Called with the kernels of every graph, one per node, before the plan is made; it may replace
  /// kernels.
  std::function<void(const Graph&, const MeshPlace&, std::vector<Kernel>&)> wrap = {};
};

/// Replaces ops without a kernel on `backend` by their composites, in a program that has come
/// through no pipeline.
Program expand_for(const Program& program, std::string_view backend);

/// Compiles for a device, with its own kernels. Throws UserError when an op has no kernel there:
/// the pipeline puts composites in the place of such ops.
Compiled compile(Program program, const Device& device, const MeshPlace& place = {},
                 const CompileOptions& options = {});

/// Compiles for a device that need not be on this machine: the profile says what the device is, and
/// its backend which kernels it has.
Compiled compile(Program program, const DeviceProfile& profile, const MeshPlace& place = {},
                 const CompileOptions& options = {});

}  // namespace tessera
