// How this process was started: alone, or by mpirun or srun as one of several processes. Only the
// environment is read and no connection is made, for the verbs that need no connection.
#pragma once

namespace tessera {

struct Started {
  int rank = 0;
  int ranks = 1;

  bool leads() const { return rank == 0; }
};

/// What mpirun or srun has told this process. When a number is missing or makes no sense, the
/// process counts as started alone.
Started how_started();

}  // namespace tessera
