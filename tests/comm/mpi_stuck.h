// A fault to plant: MPI calls that do not return.
#pragma once

#include <atomic>

namespace tessera {

/// As long as it is set, MPI_Testall in this process stands still.
extern std::atomic<bool> mpi_is_stuck;
/// Whether a call of MPI_Testall stands still.
extern std::atomic<bool> in_stuck_mpi;

}  // namespace tessera
