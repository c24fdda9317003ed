// How fast this machine multiplies, measured in well under a second: the roofline that timings are
// printed beside.
#pragma once

#include "framework/core/dtype.h"

namespace tessera::cpu {

/// GFLOP/s of a square product (f32, or bf16 with f32 sums) on all threads of the pool, measured
/// for about `seconds`. Throws UserError when the machine has no such product.
double matmul_gflops(DType dtype, double seconds);

}  // namespace tessera::cpu
