// Faults on purpose, so that tests can see them found. Text KIND[:N] plants one into every graph
// that is compiled for a rank of several, at the N-th place (from 0) where it fits:
//   drop_all_reduce   an all_reduce gives each rank its own part
//   wrong_scale       what an all_reduce gives is divided by the number of ranks
//   stale_bucket      a message of gradients brings those of the run before
//   swap_heads        the last rank reads the halves of a query weight in the wrong order
//   drop_gather       an all_gather gives each rank its own part in all places
#pragma once

#include <string>

#include "framework/runtime/compile.h"

namespace tessera {

/// Options that compile programs with the fault, for devices whose memory is the host's; throws
/// InternalError for a fault that is not known.
CompileOptions with_fault(const std::string& text);

}  // namespace tessera
