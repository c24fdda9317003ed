// What the collective ops share. Each takes any number of operands and gives as many results: one message for all of them.
// Attributes: axis (the mesh axis whose ranks exchange), ranks (how many they are), wire (optional: dtype that travels).
// Only the partition pass makes them, after differentiation: they have no gradient.
#pragma once

#include "framework/ops/ops.h"

namespace tessera {

/// The number of ranks; UserError when an attribute is missing or wrong.
int64_t check_collective(TypeSpan in, const Attrs& attrs);

/// Operands [n, …] with n ranks; UserError otherwise.
void require_parts(TypeSpan in, int64_t ranks);

/// Nothing of a collective is split any further: every dim whole.
IndexRule collective_rule(TypeSpan in, TypeSpan out, const Attrs& attrs);

}  // namespace tessera
