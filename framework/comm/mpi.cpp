#include "framework/comm/mpi.h"

#include <mpi.h>

#include <algorithm>
#include <cstdlib>
#include <initializer_list>

#include "framework/comm/mpi_world.h"
#include "framework/core/error.h"

namespace tessera {

bool started_by_mpi() {
  return std::ranges::any_of(
      std::initializer_list<const char*>{"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"},
      [](const char* name) { return std::getenv(name) != nullptr; });
}

std::unique_ptr<World> make_mpi_world(const MpiOptions& options) {
  int started = 0;
  MPI_Initialized(&started);
  check(!started, "a second MPI world in one process");
  return std::make_unique<MpiWorld>(options);
}

}  // namespace tessera
