// First values of parameters: drawn by (seed, parameter's name, element), so they depend on nothing else.
#pragma once

#include <span>

#include "models/parameters.h"

namespace tessera {

/// Fills `values` (all elements of the parameter, row-major).
void initialize(const Parameter& parameter, uint64_t seed, std::span<float> values);

}  // namespace tessera
