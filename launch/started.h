// How this process was started: alone, or by mpirun or srun as one of several. Known from the environment alone, before any
// connection is made; for verbs that need none.
#pragma once

namespace tessera {

struct Started {
  int rank = 0;
  int ranks = 1;

  bool leads() const { return rank == 0; }
};

/// What mpirun or srun has told this process. A number that makes no sense counts as not told.
Started how_started();

}  // namespace tessera
