#include "framework/report/memory_report.h"

#include <gtest/gtest.h>

#include "framework/ops/ops.h"
#include "framework/passes/grad.h"
#include "framework/report/flops.h"

namespace tessera {
namespace {

constexpr int64_t kSide = 128, kRows = 32;

struct Step {
  Program program;
  std::vector<Plan> plans;
};

/// One product with a parameter, and its gradient, through a view and another precision of the
/// parameter.
Step product_step() {
  Step out;
  const TensorType weight{DType::f32, {kSide, kSide}};
  out.program.declare({"w", weight, StateKind::parameter});
  out.program.declare({"m", weight, StateKind::moment});
  out.program.declare({"step", {DType::i64, {}}, StateKind::counter});
  Graph g("step");
  const Value w = g.add_input("w", weight, PortKind::state);
  const Value x = g.add_input("x", {DType::f32, {kRows, kSide}}, PortKind::data);
  const Value flat = ops::reshape(w, {{"shape", Shape{kSide * kSide}}});
  const Value again = ops::reshape(flat, {{"shape", weight.shape}});
  const Value y = ops::matmul(x, again, {}, "y");
  const Value loss = ops::sum(y, {{"dims", Shape{}}, {"keep", false}});
  const Value dw = add_gradients(g, loss, std::vector{w})[0];
  g.rename_value(dw, "w.gradient");
  g.add_output("dw", dw);
  out.program.add(g);
  out.plans.push_back(make_plan(g, [](const Graph& graph, NodeId id) -> size_t {
    return graph.node(id).op == &ops::matmul ? 1000 : 0;
  }));
  return out;
}

TEST(MemoryReport, CountsStatesByKind) {
  const Step step = product_step();
  const MemoryReport report = memory_report(step.program, step.plans);
  EXPECT_EQ(report.states.at(StateKind::parameter), kSide * kSide * 4);
  EXPECT_EQ(report.states.at(StateKind::moment), kSide * kSide * 4);
  EXPECT_EQ(report.states.at(StateKind::counter), 64);  // padded
  EXPECT_EQ(report.state_bytes, 2 * kSide * kSide * 4 + 64);
}

TEST(MemoryReport, CutsTheFullestStepOfTheArenaIntoKinds) {
  const Step step = product_step();
  const MemoryReport report = memory_report(step.program, step.plans);
  EXPECT_EQ(report.graph, "step");
  EXPECT_EQ(report.gradients, kSide * kSide * 4);
  EXPECT_EQ(report.workspace, 1024);
  EXPECT_GE(report.activations, 2 * kRows * kSide * 4);  // x and the cotangent of y
  EXPECT_EQ(report.gradients + report.activations + report.workspace + report.unused,
            step.plans[0].arena_bytes);
  EXPECT_EQ(report.live[0].kind, "gradient");
  EXPECT_EQ(report.live[0].bytes, kSide * kSide * 4);
  EXPECT_EQ(report.largest[0].kind, "parameter");
}

TEST(MemoryReport, TakesTheGraphWithTheLargestArena) {
  Step step = product_step();
  Graph small("small");
  small.add_output("y", ops::exp(small.add_input("x", {DType::f32, {2}}, PortKind::data)));
  step.program.add(small);
  step.plans.insert(step.plans.begin(),
                    make_plan(small, [](const Graph&, NodeId) -> size_t { return 0; }));
  EXPECT_EQ(memory_report(step.program, step.plans).graph, "step");
}

TEST(MemoryReport, OfAnEmptyProgram) {
  const MemoryReport report = memory_report(Program(), std::vector<Plan>());
  EXPECT_EQ(report.bytes(), 0);
  EXPECT_NE(to_string(report).find("all"), std::string::npos);
}

TEST(MemoryReport, PrintsATable) {
  const Step step = product_step();
  const std::string text = to_string(memory_report(step.program, step.plans), 2);
  for (const char* part : {"state: parameter", "state: moment", "64.0 KiB", "arena: gradients",
                           "arena: workspace", "all"})
    EXPECT_NE(text.find(part), std::string::npos) << text;
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3 + 5 + 1 + 2) << text;
}

TEST(MemoryReport, SizesAreReadable) {
  EXPECT_EQ(bytes_text(0), "0 B");
  EXPECT_EQ(bytes_text(1023), "1023 B");
  EXPECT_EQ(bytes_text(1536), "1.5 KiB");
  EXPECT_EQ(bytes_text(int64_t{3} << 30), "3.0 GiB");
  EXPECT_EQ(bytes_text(int64_t{5000} << 40), "5000.0 TiB");
}

TEST(Flops, ProductsCountTwoPerMultiplyAdd) {
  const Step step = product_step();
  const auto flops = flops_by_op(step.program.graphs()[0]);
  ASSERT_EQ(flops.size(), 1u);
  EXPECT_EQ(flops.at("matmul"),
            3 * 2.0 * kRows * kSide * kSide);  // y, and two cotangents as the op gives them
  EXPECT_EQ(model_flops(step.program.graphs()[0]), flops.at("matmul"));
}

}  // namespace
}  // namespace tessera
