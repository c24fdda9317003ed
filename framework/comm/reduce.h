// The arithmetic of collectives: sums and maxima of n sources, always in the order in which they are given, and the
// change between what is computed with and what travels.
#pragma once

#include <cstdint>
#include <span>

#include "framework/core/dtype.h"
#include "framework/core/reduction.h"

namespace tessera {

/// destination[i] = sources[0][i] + sources[1][i] + …, or the largest of them (NaN where there is one). bf16 is summed in
/// f32 and rounded once; f32 may be made from bf16. The destination may be one of the sources of its own type.
void reduce(Reduction reduction, DType from, DType to, std::span<const void* const> sources,
            void* destination, int64_t count);

/// The same elements in another type (f32 and bf16), or copied; both places may be the same where the types are.
void convert(DType from, DType to, const void* source, void* destination, int64_t count);

}  // namespace tessera
