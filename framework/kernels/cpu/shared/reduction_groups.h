// The operand of a reduction as few groups of neighbouring dims, kept and reduced ones in turn:
// [B,S,D] reduced over B and S is {B·S reduced, D kept}.
#pragma once

#include <vector>

#include "framework/core/dims.h"
#include "framework/core/tensor_type.h"

namespace tessera::cpu {

struct ReductionGroup {
  int64_t size = 1;
  bool reduced = false;
};

/// Dims of size one are left out; a single kept group of size one stands for an operand without
/// other dims.
std::vector<ReductionGroup> reduction_groups(const Shape& shape, const Attrs& attrs);

}  // namespace tessera::cpu
