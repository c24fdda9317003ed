// A world over MPI: one rank per process, as mpirun or srun start them. One thread of the world
// owns MPI and makes all progress, so that collectives go on while the program computes; waits
// sleep. Ranks of one host exchange through shared memory, others by messages: MPI's own
// collectives promise no order of summation, and Open MPI 4.1 makes no progress on them by itself.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "framework/comm/communicator.h"
#include "framework/comm/watch.h"

namespace tessera {

struct MpiOptions {
  /// Whether ranks of one host use shared memory; tests set this to false to have everything sent
  /// by messages.
  bool shared_memory = true;
  /// The number of neighbouring ranks that count as one host, for tests; 0 takes the hosts as they
  /// are.
  int ranks_per_host = 0;
  /// The limits at which a run is given up.
  WatchLimits limits;
  /// Called, by any thread, when the run is over and the process has to end at once: either MPI has
  /// not returned from a call a second later and may touch buffers, which therefore cannot be
  /// freed, or mpirun is gone and MPI is about to end the process without a word. Where the
  /// function is empty, or returns, the rank waits on.
  std::function<void(const World::Verdict&)> stuck = {};
};

/// Whether this process is one of several that mpirun or srun started.
bool started_by_mpi();

/// Starts MPI and makes its world. A process can do so once only, because MPI starts once.
std::unique_ptr<World> make_mpi_world(const MpiOptions& options = {});

}  // namespace tessera
