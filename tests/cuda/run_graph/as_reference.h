// A case of an op on the emulator, compared with the reference backend.
#pragma once

#include "tests/ops/case.h"

namespace tessera {

/// Expects what the reference backend gives, gradients included where the case has them; the same
/// bits in another order of threads and with results in place of operands; and no report.
void expect_emulated_as_reference(const OpCases& op, size_t which, DType real);

}  // namespace tessera
