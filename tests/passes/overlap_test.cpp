// Collectives joined into messages, started early and waited for late, without a value that is read
// before it is there.
#include "framework/passes/overlap.h"

#include <gtest/gtest.h>

#include "framework/graph/text.h"
#include "framework/ops/ops.h"
#include "framework/passes/bucket.h"
#include "framework/plan/plan.h"

namespace tessera {
namespace {

const Attrs kDp{{"axis", std::string("dp")}, {"ranks", int64_t{2}}};

/// Three gradients, each reduced where it is made, then read one after the other.
Graph gradients() {
  Graph g("step");
  const Value x = g.add_input("x", {DType::f32, {16}}, PortKind::data);
  std::vector<Value> reduced;
  Value h = x;
  for (int i = 0; i < 3; ++i) {
    h = ops::exp(h, {}, fmt::format("h{}", i));
    const Value gradient = ops::neg(h, {}, fmt::format("g{}.partial", i));
    reduced.push_back(g.add1(ops::all_reduce, {gradient}, kDp, fmt::format("g{}", i)));
  }
  for (int i = 0; i < 3; ++i)
    g.add_output(fmt::format("g{}", i),
                 ops::square(reduced[static_cast<size_t>(i)], {}, fmt::format("s{}", i)));
  return g;
}

std::vector<std::string> ops_of(const Graph& graph) {
  std::vector<std::string> out;
  for (const Node& node : graph.nodes()) out.emplace_back(node.op->name);
  return out;
}

int count(const Graph& graph, const OpDef& op) {
  int n = 0;
  for (const Node& node : graph.nodes()) n += node.op == &op;
  return n;
}

TEST(Bucket, ReductionsWaitForTheirNeighboursUntilAResultIsRead) {
  const Graph joined = bucket(gradients(), 1 << 20);
  EXPECT_EQ(count(joined, ops::all_reduce), 1);
  for (const Node& node : joined.nodes())
    if (node.op == &ops::all_reduce) {
      EXPECT_EQ(node.inputs.size(), 3u);
    }
}

TEST(Bucket, AFullOneIsSent) {
  EXPECT_EQ(count(bucket(gradients(), 2 * 16 * 4), ops::all_reduce), 2);
  EXPECT_EQ(count(bucket(gradients(), 1), ops::all_reduce), 3);
}

TEST(Bucket, KeepsNamesAndOutputs) {
  const Graph before = gradients(), after = bucket(before, 1 << 20);
  for (const char* name : {"g0", "g1", "g2"}) EXPECT_TRUE(after.has_name(name)) << name;
  EXPECT_EQ(before.outputs().size(), after.outputs().size());
}

TEST(Bucket, ParametersOfALayerAreGatheredTogetherWhereverTheLayerLies) {
  for (const std::string prefix : {"", "encoder.", "model.decoder."}) {
    Graph g("forward");
    for (const char* name : {"layer.0.up", "layer.0.down", "layer.1.up"}) {
      const Value part = g.add_input(prefix + name, {DType::f32, {8}}, PortKind::state);
      const Value all = g.add1(ops::all_gather, {part}, kDp, prefix + name + ".all");
      g.add_output(prefix + name + ".y", ops::exp(all));
    }
    const Graph joined = bucket(g, 1 << 20);
    EXPECT_EQ(ops_of(joined),
              (std::vector<std::string>{"all_gather", "exp", "exp", "all_gather", "exp"}))
        << prefix;
  }
}

/// Attention's weights are read as matrices: [heads, head_dim, hidden] through a view.
Graph viewed_states() {
  Graph g("forward");
  Value x = g.add_input("x", {DType::f32, {2, 4, 4}}, PortKind::data);
  for (const char* name : {"layer.0.q", "layer.0.up", "layer.1.q", "layer.1.up"}) {
    const bool is_q = std::string_view(name).ends_with("q");
    const Shape shape = is_q ? Shape{2, 2, 4} : Shape{4, 4};
    Value part = g.add_input(name, {DType::f32, shape}, PortKind::state);
    if (is_q) part = ops::reshape(part, {{"shape", Shape{4, 4}}});
    x = ops::mul(x, g.add1(ops::all_gather, {part}, kDp, std::string(name) + ".all"));
  }
  g.add_output("y", x);
  return g;
}

TEST(Bucket, ViewsOfStatesAreGatheredWithTheirLayer) {
  EXPECT_EQ(ops_of(bucket(viewed_states(), 1 << 20)),
            (std::vector<std::string>{"reshape", "reshape", "all_gather", "mul", "mul",
                                      "all_gather", "mul", "mul"}));
}

TEST(Overlap, ViewsOfStatesAreGatheredALayerAhead) {
  EXPECT_EQ(ops_of(overlap(bucket(viewed_states(), 1 << 20))),
            (std::vector<std::string>{"reshape", "reshape", "all_gather", "all_gather", "mul",
                                      "mul", "wait", "mul", "mul"}));
}

/// A micro-step with sharded gradients: each is scattered as it is made and added to its
/// accumulator.
TEST(Bucket, AddingToAccumulatorsWaitsForTheNextBucket) {
  Graph g("micro");
  Value h = g.add_input("x", {DType::f32, {16}}, PortKind::data);
  for (int i = 0; i < 4; ++i) {
    h = ops::exp(h);
    const std::string name = fmt::format("w{}@grad", i);
    const Value so_far = g.add_input(name, {DType::f32, {16}}, PortKind::state);
    g.add_output(name, ops::add(so_far, g.add1(ops::all_reduce, {ops::neg(h)}, kDp)),
                 PortKind::state);
  }
  g.add_output("h", h);
  const Graph joined = bucket(g, 2 * 16 * 4);
  EXPECT_EQ(ops_of(joined),
            (std::vector<std::string>{"exp", "neg", "exp", "neg", "all_reduce", "exp", "neg", "exp",
                                      "neg", "all_reduce", "add", "add", "add", "add"}));
  EXPECT_EQ(
      ops_of(overlap(joined)),
      (std::vector<std::string>{"exp", "neg", "exp", "neg", "all_reduce", "exp", "neg", "exp",
                                "neg", "all_reduce", "wait", "add", "add", "wait", "add", "add"}));
  make_plan(overlap(joined), [](const Graph&, NodeId) { return size_t{0}; });
}

/// The update after several micro-steps: accumulated gradients are summed over ranks in full
/// buckets, the next one while the last one is read.
TEST(Bucket, AccumulatedGradientsAreSummedTogether) {
  Graph g("update");
  for (int i = 0; i < 4; ++i) {
    const Value sum = g.add_input(fmt::format("w{}@grad", i), {DType::f32, {16}}, PortKind::state);
    g.add_output(fmt::format("norm{}", i), ops::square(g.add1(ops::all_reduce, {sum}, kDp)));
  }
  const Graph joined = bucket(g, 2 * 16 * 4);
  EXPECT_EQ(ops_of(joined), (std::vector<std::string>{"all_reduce", "square", "square",
                                                      "all_reduce", "square", "square"}));
  EXPECT_EQ(ops_of(overlap(joined)),
            (std::vector<std::string>{"all_reduce", "all_reduce", "square", "square", "wait",
                                      "square", "square"}));
}

/// Scattered gradients are read at the end alone, as by clipping; no more than two of them are
/// whole meanwhile.
TEST(Overlap, WholeGradientsGoSoonAfterTheyHaveTravelled) {
  Graph g("step");
  Value h = g.add_input("x", {DType::f32, {2, 16}}, PortKind::data);
  std::vector<Value> parts;
  for (int i = 0; i < 4; ++i) {
    h = ops::exp(h);
    parts.push_back(g.add1(ops::reduce_scatter, {ops::neg(h)}, kDp));
  }
  for (const Value part : parts) g.add_output(part.name() + ".read", ops::square(part));
  EXPECT_EQ(ops_of(overlap(g)), (std::vector<std::string>{"exp",
                                                          "neg",
                                                          "reduce_scatter",
                                                          "exp",
                                                          "neg",
                                                          "reduce_scatter",
                                                          "exp",
                                                          "neg",
                                                          "wait",
                                                          "reduce_scatter",
                                                          "exp",
                                                          "neg",
                                                          "wait",
                                                          "reduce_scatter",
                                                          "square",
                                                          "square",
                                                          "wait",
                                                          "square",
                                                          "wait",
                                                          "square"}));
}

/// The last layer's backward pass follows its forward pass, with no other layer between: what it
/// gathers again is not held all the while.
TEST(Bucket, AStateGatheredTwiceIsInTwoMessages) {
  Graph g("step");
  const Value up = g.add_input("layer.0.up", {DType::f32, {8}}, PortKind::state),
              down = g.add_input("layer.0.down", {DType::f32, {8}}, PortKind::state);
  for (const char* pass : {"forward", "backward"})
    for (const Value state : {up, down})
      g.add_output(fmt::format("{}.{}", pass, state.name()),
                   ops::exp(g.add1(ops::all_gather, {state}, kDp)));
  EXPECT_EQ(ops_of(bucket(g, 1 << 20)),
            (std::vector<std::string>{"all_gather", "exp", "exp", "all_gather", "exp", "exp"}));
}

TEST(Overlap, StartsWhereTheOperandsAreAndWaitsWhereTheResultIsRead) {
  const Graph split = overlap(bucket(gradients(), 2 * 16 * 4));
  // The first bucket travels while the third gradient is made; the second is read at once and stays
  // whole.
  EXPECT_EQ(ops_of(split),
            (std::vector<std::string>{"exp", "neg", "exp", "neg", "all_reduce", "exp", "neg",
                                      "wait", "square", "square", "all_reduce", "square"}));
}

TEST(Overlap, WhatTravelsStaysInMemory) {
  Graph g("step");
  const Value x = g.add_input("x", {DType::f32, {1024}}, PortKind::data);
  const Value part = ops::exp(x, {}, "part");
  const Value all = g.add1(ops::all_gather, {part}, kDp, "all");
  Value y = x;
  for (int i = 0; i < 6; ++i) y = ops::square(y, {}, fmt::format("y{}", i));
  g.add_output("all", all);
  g.add_output("y", y);
  const Plan plan = make_plan(overlap(g), [](const Graph&, NodeId) { return size_t{0}; });
  const auto slot = [&](const std::string& name) {
    for (size_t v = 0; v < plan.values.size(); ++v)
      if (plan.graph.values()[v].name == name) return plan.values[v].offset;
    return int64_t{-1};
  };
  // What is computed meanwhile lies neither over the operand nor over the result.
  for (int i = 0; i < 6; ++i) {
    const int64_t at = slot(fmt::format("y{}", i));
    EXPECT_NE(at, slot("part"));
    EXPECT_TRUE(at < slot("all") || at >= slot("all") + 2 * 4096) << i;
  }
}

TEST(Overlap, AReducedGradientTakesItsOwnMemory) {
  const Graph split = overlap(bucket(gradients(), 2 * 16 * 4));
  const Plan plan = make_plan(split, [](const Graph&, NodeId) { return size_t{0}; });
  for (const PlanStep& step : plan.steps) {
    const Node& node = plan.graph.node(step.node);
    if (node.op == &ops::all_reduce && node.attrs.flag("start")) {
      EXPECT_EQ(step.in, step.out);
    }
    if (node.op == &ops::wait) {
      EXPECT_FALSE(step.view);  // there is something to run
    }
  }
}

TEST(Overlap, TheNextGatherOfParametersIsStartedWhenTheLastHasCome) {
  Graph g("forward");
  Value y = g.add_input("x", {DType::f32, {16}}, PortKind::data);
  for (const char* name : {"layer.0.w", "layer.1.w", "layer.2.w"}) {
    const Value part = g.add_input(name, {DType::f32, {8}}, PortKind::state);
    const Value all = g.add1(ops::all_gather, {part}, kDp, std::string(name) + ".all");
    y = ops::exp(ops::add(y, ops::reshape(all, {{"shape", Shape{16}}})));
  }
  g.add_output("y", y);
  const auto names = ops_of(overlap(g));
  // One gather is under way while a layer computes, never two.
  EXPECT_EQ(names, (std::vector<std::string>{"all_gather", "all_gather", "reshape", "add", "exp",
                                             "wait", "all_gather", "reshape", "add", "exp", "wait",
                                             "reshape", "add", "exp"}))
      << to_string(overlap(g));
}

}  // namespace
}  // namespace tessera
