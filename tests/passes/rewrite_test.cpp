#include "framework/passes/rewrite.h"

#include <gtest/gtest.h>

#include "framework/graph/text.h"
#include "framework/graph/verify.h"
#include "framework/passes/expand.h"
#include "framework/passes/grad.h"
#include "tests/passes/random_graph.h"

namespace tessera {
namespace {

Graph random_with_gradients(uint64_t seed) {
  testing::RandomGraph random("random", seed, DType::f64, true);
  random.add_input("a", PortKind::data, random.any_shape());
  random.add_input("unused", PortKind::state, random.any_shape());
  {
    Scope scope(random.graph(), "layer.0");
    random.grow(static_cast<int>(3 + seed % 20));
  }
  Graph& g = random.graph();
  const Value loss = ops::sum(random.pool().back(), {{"dims", Shape{}}, {"keep", false}}, "loss");
  g.add_output("loss", loss);
  try {
    g.add_output("gradient", add_gradients(g, loss, std::vector{g.input("a")})[0]);
  } catch (const UserError&) {  // the last value may not depend on `a`
  }
  return g;
}

Graph copied(const Graph& g) {
  return rewrite(g, [](Rewriter&, const Node&) { return false; });
}

TEST(Rewrite, CopyingGivesAnEqualGraph) {
  for (uint64_t seed = 0; seed < 60; ++seed) {
    const Graph g = random_with_gradients(seed);
    const Graph copy = copied(g);
    EXPECT_EQ(copy, g) << to_string(g) << to_string(copy);
    for (size_t i = 0; i < g.nodes().size(); ++i)
      EXPECT_EQ(copy.nodes()[i].where, g.nodes()[i].where);
    EXPECT_EQ(parse_graph(to_string(g)), g) << to_string(g);
  }
}

TEST(Rewrite, AnInputThatShareItsNameWithANodeKeepsBoth) {
  Graph g;
  const Value x = g.add_input("x", {DType::f32, {2}}, PortKind::data);
  const Value y = g.add1(ops::exp, {x}, {}, "step");
  const Value step = g.add_input("step", {DType::f32, {2}}, PortKind::state);
  g.add_output("y", y + step);
  EXPECT_EQ(step.name(), "step#1");
  EXPECT_EQ(parse_graph(to_string(g)), g) << to_string(g);
  EXPECT_EQ(copied(g).find_input("step")->name, "step");
  verify(copied(g));
}

TEST(Rewrite, WhatIsUnchangedIsTheGraphWithItsInputsInFront) {
  for (uint64_t seed = 0; seed < 60; ++seed) {
    Graph g = random_with_gradients(seed);
    EXPECT_EQ(unchanged(g), copied(g));
    g.add_input("late", {DType::f32, {2}}, PortKind::state);
    EXPECT_FALSE(copied(g) == g);
    EXPECT_EQ(unchanged(g), copied(g));
  }
}

TEST(Prune, LeavesWhatOutputsNeedUnderItsOwnNames) {
  for (uint64_t seed = 0; seed < 60; ++seed) {
    const Graph g = random_with_gradients(seed), pruned = prune(g);
    verify(pruned);
    EXPECT_EQ(prune(pruned), pruned);
    EXPECT_LE(pruned.nodes().size(), g.nodes().size());
    EXPECT_EQ(pruned.inputs().size(), g.inputs().size());
    for (const Port& port : g.outputs())
      EXPECT_EQ(pruned.value(pruned.output(port.name).value).name, g.value(port.value).name);
  }
}

TEST(Prune, DropsDeadNodesAndKeepsTheOrder) {
  Graph g;
  const Value x = g.add_input("x", {DType::f32, {2}}, PortKind::data);
  const Value a = g.add1(ops::exp, {x}, {}, "same");
  const Value b = g.add1(ops::exp, {x}, {}, "same");  // "same#1": stays so without the first
  g.add_output("b", ops::neg(b));
  const Graph pruned = prune(g);
  ASSERT_EQ(pruned.nodes().size(), 2u);
  EXPECT_EQ(a.name(), "same");
  EXPECT_EQ(pruned.value(pruned.nodes()[0].outputs[0]).name, "same#1");
}

TEST(Expand, TheResultKeepsItsNameItsPlaceAndItsMark) {
  Graph g;
  const Value x = g.add_input("x", {DType::f32, {2, 3}}, PortKind::data);
  Value y;
  {
    Scope scope(g, "block");
    y = g.add1(ops::softmax, {x}, {{"dim", int64_t{1}}}, "weights");
  }
  g.mark_cotangent(y, x, true);
  g.add_output("y", y);
  const Graph out = expand(g, [](const Node& node) { return node.op->composite != nullptr; });
  verify(out);
  const ValueInfo& result = out.value(out.output("y").value);
  EXPECT_EQ(result.name, "block.weights");
  EXPECT_TRUE(result.cotangent.total);
  EXPECT_EQ(out.value(result.cotangent.primal).name, "x");
  ASSERT_GT(out.nodes().size(), 1u);
  for (const Node& node : out.nodes()) {
    EXPECT_EQ(node.op->composite, nullptr);
    EXPECT_EQ(node.where, g.nodes()[0].where);
    EXPECT_EQ(out.value(node.outputs[0]).name.str().rfind("block.weights", 0), 0u);
  }
  EXPECT_EQ(expand(out, [](const Node&) { return true; }), out);
}

TEST(Expand, LeavesWhatIsNotAskedForAlone) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const Graph g = random_with_gradients(seed);
    EXPECT_EQ(expand(g, [](const Node&) { return false; }), g);
  }
}

TEST(Rewriter, AValueStandsForOneOldNameOnly) {
  Graph g;
  const Value x = g.add_input("x", {DType::f32, {2}}, PortKind::data);
  const Value a = g.add1(ops::exp, {x}, {}, "first"), b = g.add1(ops::exp, {x}, {}, "second");
  g.add_output("a", a);
  g.add_output("b", b);
  const Graph out = rewrite(g, [&](Rewriter& r, const Node& node) {
    if (node.outputs[0] != b.id()) return false;
    r.replace(b.id(), r[a.id()]);
    return true;
  });
  ASSERT_EQ(out.nodes().size(), 1u);
  EXPECT_EQ(out.value(out.output("b").value).name, "first");
}

TEST(Rewriter, UsingAValueThatWasDroppedIsABug) {
  Graph g;
  const Value x = g.add_input("x", {DType::f32, {2}}, PortKind::data);
  g.add_output("y", ops::neg(g.add1(ops::exp, {x}, {}, "lost")));
  try {
    rewrite(g, [](Rewriter&, const Node& node) { return node.op == &ops::exp; });
    ADD_FAILURE() << "no error";
  } catch (const InternalError& error) {
    EXPECT_NE(std::string(error.what()).find("'lost' is used before it is made"), std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace tessera
