// The arithmetic of collectives: sums and maxima of n sources, always in the order in which they
// are given, and conversions between the type of the computation and the type that travels.
#pragma once

#include <cstdint>
#include <span>

#include "framework/core/dtype.h"
#include "framework/core/reduction.h"

namespace tessera {

/// Writes destination[i] = sources[0][i] + sources[1][i] + …, or the largest of these (NaN where
/// there is one). bf16 is summed in f32 and rounded once; f32 may be made from bf16. The
/// destination may be one of the sources if their types are equal.
void reduce(Reduction reduction, DType from, DType to, std::span<const void* const> sources,
            void* destination, int64_t count);

/// Converts elements from one type to another (f32 and bf16), or copies them; source and
/// destination may be the same memory where the types are equal.
void convert(DType from, DType to, const void* source, void* destination, int64_t count);

}  // namespace tessera
