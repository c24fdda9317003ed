// A world over MPI: one rank per process, as mpirun or srun start them. One thread, which the world has for it, owns MPI and
// makes all progress, so that collectives go on while the program computes; waits sleep. Ranks of one host exchange
// through shared memory, others by messages: MPI's own collectives promise no order of summation, and Open MPI 4.1 makes no
// progress on them by itself.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "framework/comm/communicator.h"
#include "framework/comm/watch.h"

namespace tessera {

struct MpiOptions {
  /// For tests: everything by messages.
  bool shared_memory = true;
  /// For tests: so many neighbouring ranks count as one host; 0: those that are.
  int ranks_per_host = 0;
  /// When a run is given up.
  WatchLimits limits;
  /// The run is over, and the process has to end at once: MPI has not returned from a call a second later and may touch
  /// buffers, which hence cannot go; or mpirun is gone, and MPI is about to end the process without a word. Called by any
  /// thread. Where it is empty, or returns, the rank waits on.
  std::function<void(const World::Verdict&)> stuck = {};
};

/// Whether this process is one of several that mpirun or srun started.
bool started_by_mpi();

/// At most one in a process, ever: MPI starts once.
std::unique_ptr<World> make_mpi_world(const MpiOptions& options = {});

}  // namespace tessera
