// precision: bf16 compute with f32 masters, as a pass over a whole Program. Matrix products,
// attention and embedding run in bf16 and sum in f32; what follows them stays in bf16; statistics,
// losses, gradients of parameters and the optimizer stay in f32. A parameter used in bf16 gets a
// second state NAME@bf16, its rounded copy, which the optimizer's sweep writes beside the master;
// the graph "refresh" makes all copies anew (after initialisation and loading).
#pragma once

#include "framework/graph/program.h"

namespace tessera {

/// The program in `compute` precision: f32 leaves it as it is, and bf16 changes it as described at
/// the top of this file. Throws UserError for any other dtype.
Program apply_precision(Program program, DType compute);

}  // namespace tessera
