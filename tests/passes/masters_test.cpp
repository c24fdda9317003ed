// Masters in programs that only read: which of them stay.
#include "framework/passes/masters.h"

#include <gtest/gtest.h>

#include "framework/ops/linear.h"
#include "framework/passes/precision.h"

namespace tessera {
namespace {

/// A graph that multiplies by `low`, `both` and `viewed`, in another shape; `both` is also read as
/// it is.
Program read_only() {
  Graph graph("read");
  const TensorType matrix{DType::f32, {4, 4}};
  const Value x = graph.add_input("x", matrix, PortKind::data),
              low = graph.add_input("low", matrix, PortKind::state),
              both = graph.add_input("both", matrix, PortKind::state),
              view =
                  ops::reshape(graph.add_input("viewed", {DType::f32, {2, 2, 4}}, PortKind::state),
                               {{"shape", Shape{4, 4}}});
  const Value y = linear(linear(linear(x, low), both), view);
  graph.add_output("y", ops::add(ops::cast(y, {{"to", std::string("f32")}}), ops::exp(both)));
  Program program;
  for (const char* name : {"low", "both"}) program.declare({name, matrix, StateKind::parameter});
  State viewed{"viewed", {DType::f32, {2, 2, 4}}, StateKind::parameter};
  viewed.kept = {1, 2, 4};
  program.declare(viewed);
  program.add(std::move(graph));
  return program;
}

std::vector<std::string> state_names(const Program& program) {
  std::vector<std::string> out;
  for (const State& state : program.states()) out.push_back(state.name);
  std::ranges::sort(out);
  return out;
}

TEST(Masters, StayWhereAGraphReadsThem) {
  const Program program = drop_masters(apply_precision(read_only(), DType::bf16));
  program.verify();
  EXPECT_EQ(state_names(program),
            (std::vector<std::string>{"both", "both@bf16", "low@bf16", "viewed@bf16"}));
  EXPECT_EQ(program.find_state("viewed@bf16")->kept, Shape({1, 2, 4}));
  ASSERT_EQ(program.graphs().size(), 2u);
  const Graph& refresh = program.graphs()[1];
  EXPECT_EQ(refresh.name(), "refresh");
  ASSERT_EQ(refresh.inputs().size(), 1u);
  EXPECT_EQ(refresh.inputs()[0].name, "both");
  ASSERT_EQ(refresh.outputs().size(), 1u);
  EXPECT_EQ(refresh.outputs()[0].name, "both@bf16");
  EXPECT_EQ(program.graphs()[0].find_input("low"), nullptr);
  EXPECT_EQ(program.graphs()[0].find_input("viewed"), nullptr);
}

TEST(Masters, InF32AllStay) {
  const Program program = drop_masters(apply_precision(read_only(), DType::f32));
  EXPECT_EQ(state_names(program), (std::vector<std::string>{"both", "low", "viewed"}));
  EXPECT_EQ(program.graphs().size(), 1u);
}

TEST(Masters, ACopyNamesItsMaster) {
  EXPECT_EQ(master_of("layer.0.mlp.up.weight@bf16"), "layer.0.mlp.up.weight");
  EXPECT_EQ(master_of("tokens"), "");
}

}  // namespace
}  // namespace tessera
