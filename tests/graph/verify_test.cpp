// The verifier finds what a broken pass would leave behind, and names the node.
#include "framework/graph/verify.h"

#include <gtest/gtest.h>

#include "framework/graph/text.h"
#include "framework/ops/ops.h"

namespace tessera {
namespace {

const TensorType kF23{DType::f32, {2, 3}};

std::string error_of(const Graph& graph) {
  try {
    verify(graph);
  } catch (const InternalError& error) {
    return error.what();
  }
  return "";
}

void expect_fault(const Graph& graph, std::initializer_list<std::string_view> words) {
  const std::string error = error_of(graph);
  ASSERT_FALSE(error.empty()) << to_string(graph);
  for (std::string_view word : words)
    EXPECT_NE(error.find(word), std::string::npos) << "'" << word << "' is not in: " << error;
}

/// x -> exp -> y. Graphs are broken through the parts of them that passes hold in their hands.
struct Broken {
  Graph g{"net"};
  Value x = g.add_input("x", kF23, PortKind::data);
  Value y;
  Broken() {
    Scope scope(g, "block");
    y = ops::exp(x, {}, "e");
    g.add_output("y", y);
  }
  Node& node(NodeId id) { return const_cast<Node&>(g.nodes()[static_cast<size_t>(id)]); }
  ValueInfo& value(Value v) { return const_cast<ValueInfo&>(v.info()); }
  Port& output(size_t i) { return const_cast<Port&>(g.outputs()[i]); }
};

TEST(Verify, AGoodGraphPasses) {
  Broken b;
  EXPECT_EQ(error_of(b.g), "");
}

TEST(Verify, OperandThatDoesNotExist) {
  Broken b;
  b.node(0).inputs[0] = 77;
  EXPECT_THROW(verify(b.g), InternalError);
}

TEST(Verify, UseBeforeMaking) {
  Broken b;
  b.node(0).inputs[0] = b.y.id();
  expect_fault(b.g, {"made after its use", "block.e", "verify_test.cpp:"});
}

TEST(Verify, TypeThatTheOpDoesNotGive) {
  Broken b;
  b.value(b.y).type.shape = {2, 4};
  expect_fault(b.g, {"should be f32[2,3]", "block.e"});
}

TEST(Verify, OperandsThatTheOpRefuses) {
  Broken b;
  b.value(b.x).type.dtype = DType::i32;
  expect_fault(b.g, {"float operand", "block.e"});
}

TEST(Verify, ResultOfAnotherNode) {
  Broken b;
  b.value(b.y).node = -1;
  expect_fault(b.g, {"belongs to another node"});
}

TEST(Verify, NamesMustBeUnique) {
  Broken b;
  b.value(b.y).name = b.value(b.x).name;
  expect_fault(b.g, {"two values are named 'x'"});
}

TEST(Verify, EmptyValue) {
  Broken b;
  b.value(b.x).type.shape = {0, 3};
  expect_fault(b.g, {"'x'", "empty"});
}

TEST(Verify, CotangentOfAnotherShape) {
  Broken b;
  const Value s = ops::sum(b.y);
  b.g.mark_cotangent(s, b.y, true);
  expect_fault(b.g, {"cotangent", "block.e"});
}

TEST(Verify, StatesKeepTheirType) {
  Broken b;
  b.g.add_input("w", kF23, PortKind::state);
  b.g.add_output("w", ops::sum(b.y), PortKind::state);
  expect_fault(b.g, {"state 'w' changes its type"});
}

TEST(Verify, DataCannotBeStored) {
  Broken b;
  b.g.add_output("x", b.y, PortKind::state);
  expect_fault(b.g, {"'x' is data"});
}

}  // namespace
}  // namespace tessera
