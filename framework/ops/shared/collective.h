// What the collective ops share. Each takes any number of operands and gives as many results: one
// message for all of them. Attributes: axis (the mesh axis whose ranks exchange), ranks (how many
// they are), wire (optional: dtype that travels). Only the partition pass makes these ops, after
// differentiation, so they have no gradient.
#pragma once

#include "framework/ops/ops.h"

namespace tessera {

/// The number of ranks; throws UserError when an attribute is missing or wrong.
int64_t check_collective(TypeSpan in, const Attrs& attrs);

/// The types as a list of their own.
std::vector<TensorType> list_of(TypeSpan types);

/// Throws UserError unless the operands are [n, …] with n ranks.
void require_parts(TypeSpan in, int64_t ranks);

/// The rule of a collective: every dim is whole, so nothing is split any further.
IndexRule collective_rule(TypeSpan in, TypeSpan out, const Attrs& attrs);

}  // namespace tessera
