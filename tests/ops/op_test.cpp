#include "tests/ops/op_test.h"

namespace tessera {

std::string describe(const OpCases& op, size_t which, DType real) {
  std::string operands;
  for (const Operand& operand : op.cases[which].in)
    operands += (operands.empty() ? "" : ", ") + to_string(operand.type(real));
  return fmt::format("case {}: {}({}) {}", which, op.op, operands,
                     to_string(op.cases[which].attrs));
}

}  // namespace tessera
