// The angles of rotary positions: how far each pair of a head turns per position, plainly or scaled
// for contexts longer than the model was first trained on. A rotary op's attributes state it.
#pragma once

#include <cstdint>
#include <vector>

#include "framework/core/attrs.h"

namespace tessera {

/// base^(-2i/width) for pair i of width / 2 (Su et al., "RoFormer", 2021), scaled by what the
/// attribute "scaling" says, which may be absent:
/// - "linear" divides by `factor` (Chen et al., "Position Interpolation", 2023);
/// - "llama3" divides by `factor` what turns less than `low` times in `original` positions, keeps
///   what turns more than `high` times, and goes over from one to the other evenly in between (Llama
///   3.1, as transformers computes it);
/// - "yarn" does so for `low` and `high` turns by a ramp over i (Peng et al., "YaRN", 2023, 3.2).
std::vector<double> rotary_rates(const Attrs& attrs, int64_t width);

/// What turned values are multiplied by: the attribute "magnitude", 1 where it is absent. YaRN makes
/// attention sharper with it.
double rotary_magnitude(const Attrs& attrs);

}  // namespace tessera
