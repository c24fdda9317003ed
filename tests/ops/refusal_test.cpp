// Operands and attributes that do not fit are refused by an error that names the op, the builder's
// path, the operands and what is wrong.
#include "framework/ops/ops.h"
#include "tests/ops/op_test.h"
#include "tests/ops/run_op.h"

namespace tessera {
namespace {

class Refusals : public OpTest {};

std::string error_of(const OpDef& op, const std::vector<TensorType>& in, const Attrs& attrs) {
  Graph graph("refusals");
  std::vector<Value> inputs;
  for (size_t i = 0; i < in.size(); ++i)
    inputs.push_back(graph.add_input(fmt::format("in{}", i), in[i], PortKind::data));
  Scope scope(graph, "block.2");
  try {
    graph.add(op, inputs, attrs, "it");
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

TEST_P(Refusals, NameOpPathAndOperands) {
  const OpDef& op = op_of(GetParam().op);
  for (const Refusal& refusal : GetParam().refusals) {
    std::string what = GetParam().op + " of";
    for (const TensorType& t : refusal.in) what += " " + to_string(t);
    SCOPED_TRACE(what + " " + to_string(refusal.attrs));
    const std::string error = error_of(op, refusal.in, refusal.attrs);
    ASSERT_FALSE(error.empty()) << "not refused";
    EXPECT_NE(error.find(std::string(op.name) + "("), std::string::npos) << error;
    EXPECT_NE(error.find("block.2.it"), std::string::npos) << error;
    EXPECT_NE(error.find("refusal_test.cpp"), std::string::npos) << error;
    EXPECT_NE(error.find(refusal.words), std::string::npos) << error;
    for (const TensorType& t : refusal.in)
      EXPECT_NE(error.find(to_string(t)), std::string::npos) << error;
  }
}

/// Too many operands is wrong for every op that takes a fixed number.
TEST_P(Refusals, TooManyOperands) {
  const OpCases& op = GetParam();
  if (op.op == "concat") return;  // takes any number
  const Case& c = op.cases.front();
  std::vector<TensorType> in;
  for (const Operand& operand : c.in) in.push_back(operand.type(DType::f32));
  for (int i = 0; i < 20; ++i) in.push_back({DType::f32, {2}});
  EXPECT_FALSE(error_of(op_of(op.op), in, c.attrs).empty());
}

TESSERA_FOR_EACH_OP(Refusals);

}  // namespace
}  // namespace tessera
