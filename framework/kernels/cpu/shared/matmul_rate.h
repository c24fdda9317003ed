// How fast this machine multiplies and moves memory, measured in well under a second: the roofline that timings are
// printed beside. Best of several runs, since a disturbed run says nothing about the machine.
#pragma once

#include "framework/core/dtype.h"

namespace tessera::cpu {

/// GFLOP/s of a square product (f32, or bf16 with f32 sums) on all threads of the pool, measured for about `seconds`.
/// UserError when the machine has no such product.
double matmul_gflops(DType dtype, double seconds = 0.2);

/// GB/s of a copy that no cache can hold, on all threads: bytes read and bytes written.
double memory_gbytes_per_second(double seconds = 0.2);

}  // namespace tessera::cpu
