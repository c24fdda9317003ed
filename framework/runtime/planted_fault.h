// Faults on purpose, so that tests can see them found. The environment variable TESSERA_TEST_FAULT=KIND[:N] plants one into
// every graph that is compiled for a rank of several, at the N-th place (from 0) where it fits:
//   drop_all_reduce   an all_reduce gives each rank its own part
//   wrong_scale       what an all_reduce gives is divided by the number of ranks
//   stale_bucket      a message of gradients brings those of the run before
//   swap_heads        the last rank reads the halves of a query weight in the wrong order
//   drop_gather       an all_gather gives each rank its own part in all places
#pragma once

#include <vector>

#include "framework/runtime/compile.h"

namespace tessera {

/// Wraps kernels of the graph where the variable asks for it. UserError when it names no fault.
void plant_fault(const Graph& graph, const MeshPlace& place, std::vector<Kernel>& kernels);

}  // namespace tessera
