// A case of an op on the checked form of its kernel.
#pragma once

#include "tests/ops/case.h"

namespace tessera {

/// Expects no report, with the threads in two orders, once with results in place of operands.
void expect_no_report(const OpCases& op, size_t which, DType real);

}  // namespace tessera
