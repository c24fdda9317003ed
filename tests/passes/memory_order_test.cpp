// What fuse and order do for memory: results stay the same, gradients do not pile up.
#include <gtest/gtest.h>

#include <cmath>

#include "framework/graph/verify.h"
#include "framework/passes/fuse.h"
#include "framework/passes/grad.h"
#include "framework/passes/order.h"
#include "framework/passes/rewrite.h"
#include "framework/plan/plan.h"
#include "framework/runtime/evaluate.h"
#include "tests/passes/random_graph.h"

namespace tessera {
namespace {

DeviceProfile reference() {
  DeviceProfile profile;
  profile.backend = "reference";
  return profile;
}

Tensors random_inputs(const Graph& graph, uint64_t seed) {
  std::mt19937_64 engine(seed);
  std::uniform_real_distribution<double> uniform(-1, 1);
  Tensors out;
  for (const Port& port : graph.inputs()) {
    const TensorType& type = graph.value(port.value).type;
    std::vector<double> values;
    for (int64_t i = 0; i < type.numel(); ++i)
      values.push_back(type.dtype == DType::i32 ? static_cast<double>(engine() % 4)
                                                : uniform(engine));
    out[port.name] = Tensor::of<double>(type.dtype, type.shape, values);
  }
  return out;
}

void expect_same(const Graph& a, const Graph& b, uint64_t seed, double tolerance) {
  verify(b);
  const Tensors in = random_inputs(a, seed);
  const Tensors x = evaluate(a, in, reference()), y = evaluate(b, in, reference());
  ASSERT_EQ(x.size(), y.size());
  for (const auto& [name, tensor] : x) {
    const auto u = tensor.values(), v = y.at(name).values();
    for (size_t i = 0; i < u.size(); ++i)
      ASSERT_NEAR(u[i], v[i], tolerance * std::max(1.0, std::abs(u[i])))
          << name << " of seed " << seed;
  }
}

int64_t arena_of(const Graph& graph) {
  return make_plan(graph, [](const Graph&, NodeId) -> size_t { return 0; }).arena_bytes;
}

const HasKernel kAllKernels = [](const OpDef&, const Attrs&) { return true; };

TEST(Order, ChangesNoResult) {
  for (uint64_t seed = 0; seed < 80; ++seed) {
    testing::RandomGraph random("random", seed, DType::f64, false);
    random.add_input("x", PortKind::data, random.any_shape());
    random.add_input("s", PortKind::state, random.any_shape());
    random.grow(static_cast<int>(3 + seed % 25));
    Graph& g = random.graph();
    g.add_output("y", random.any());
    g.add_output("s", random.of_type(g.input("s").type()), PortKind::state);
    const Graph pruned = prune(g), ordered = order(pruned);
    EXPECT_EQ(ordered.nodes().size(), pruned.nodes().size());
    expect_same(g, ordered, seed, 0);
    make_plan(ordered, [](const Graph&, NodeId) -> size_t { return 0; });
    EXPECT_EQ(order(ordered), ordered) << "seed " << seed;
    EXPECT_EQ(order(g), ordered) << "seed " << seed;  // without what no output needs
  }
}

constexpr int kLayers = 6;
constexpr int64_t kWidth = 64;

/// A micro-step: a tied table at both ends, layers with a weight and a gain, gradients added to
/// their accumulators.
Graph micro_step(bool products) {
  Graph g("micro");
  const TensorType weight{DType::f64, {kWidth, kWidth}};
  const Value ids = g.add_input("ids", {DType::i32, {8}}, PortKind::data);
  const Value table = g.add_input("table", weight, PortKind::state);
  std::vector<Value> parameters{table};
  Value h = ops::embedding(ids, table);
  for (int i = 0; i < kLayers; ++i) {
    parameters.push_back(g.add_input(fmt::format("w{}", i), weight, PortKind::state));
    const Value& w = parameters.back();
    h = products ? ops::tanh(ops::matmul(h, w))
                 : h * ops::sum(ops::sin(w), {{"dims", Shape{0}}, {"keep", false}});
  }
  h = ops::matmul(h, table, {{"trans_b", true}});
  const Value loss = ops::sum(ops::sin(h), {{"dims", Shape{}}, {"keep", false}}, "loss");
  const auto gradients = add_gradients(g, loss, parameters);
  for (size_t i = 0; i < parameters.size(); ++i) {
    const std::string name = parameters[i].name() + "@grad";
    const Value old = g.add_input(name, weight, PortKind::state);
    g.add_output(name, old + gradients[i], PortKind::state);
  }
  g.add_output("loss", loss);
  return prune(g);
}

TEST(Order, GradientsAreAddedToTheirAccumulatorsAtOnce) {
  const Graph g = micro_step(false);
  const Graph ordered = order(g);
  expect_same(g, ordered, 1, 0);
  constexpr int64_t kWeight = kWidth * kWidth * 8;
  EXPECT_GE(arena_of(g), kLayers * kWeight);  // all gradients at the end
  EXPECT_LT(arena_of(ordered), 5 * kWeight);
}

TEST(Fuse, GradientsOfProductsAreSummedOntoWhatIsThere) {
  const Graph g = micro_step(true);
  const Graph fused = fuse(g, kAllKernels);
  expect_same(g, fused, 2, 1e-12);
  int onto = 0, adds = 0;
  for (const Node& node : fused.nodes()) {
    onto += node.attrs.flag("accumulate");
    adds += node.op == &ops::add;
  }
  EXPECT_EQ(onto, kLayers + 1);  // every weight; the embedding's part of the table onto the head's
  EXPECT_EQ(adds, 1);            // the table's total onto its accumulator
  constexpr int64_t kWeight = kWidth * kWidth * 8;
  EXPECT_LT(arena_of(order(fused)), 3 * kWeight);  // of kLayers + 1
}

TEST(Fuse, NotWhereTheAccumulatorIsReadOtherwise) {
  Graph g = micro_step(true);
  g.add_output("seen", ops::square(g.input("w0@grad")));
  const Graph fused = fuse(g, kAllKernels);
  expect_same(g, fused, 3, 1e-12);
  const ValueId kept = fused.find_input("w0@grad")->value;
  for (const Node& node : fused.nodes()) {
    if (!node.attrs.flag("accumulate")) continue;
    EXPECT_NE(node.inputs.back(), kept);
  }
}

TEST(Fuse, NotInTheForwardPass) {
  Graph g;
  const Value x = g.add_input("x", {DType::f64, {4, 4}}, PortKind::data);
  g.add_output("y", ops::tanh(x) + ops::matmul(x, x));
  EXPECT_EQ(fuse(g, kAllKernels), g);
}

}  // namespace
}  // namespace tessera
