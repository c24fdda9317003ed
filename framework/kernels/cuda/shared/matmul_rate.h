// How fast the card multiplies.
#pragma once

#include "framework/core/dtype.h"

namespace tessera::cuda {

/// GFLOP/s of a large square product of such operands on the calling thread's card, measured for
/// about `seconds`.
double matmul_gflops(DType operands, double seconds);

}  // namespace tessera::cuda
