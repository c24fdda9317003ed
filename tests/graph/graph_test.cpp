// Building graphs: names, scopes, types, and errors that say where.
#include "framework/graph/graph.h"

#include <gtest/gtest.h>

#include "framework/ops/ops.h"
#include "framework/ops/shared/fill.h"

namespace tessera {
namespace {

const TensorType kF23{DType::f32, {2, 3}};

std::string error_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

void expect_words(const std::string& text, std::initializer_list<std::string_view> words) {
  for (std::string_view word : words)
    EXPECT_NE(text.find(word), std::string::npos) << "'" << word << "' is not in: " << text;
}

TEST(Graph, NamesFollowScopesAndAreUnique) {
  Graph g("net");
  const Value x = g.add_input("x", kF23, PortKind::data);
  EXPECT_EQ(x.name(), "x");
  Scope outer(g, "encoder");
  Value a, b, c;
  {
    Scope inner(g, "layer.3");
    a = ops::exp(x, {}, "scores");
    b = ops::exp(x, {}, "scores");
    c = ops::exp(x);
  }
  EXPECT_EQ(a.name(), "encoder.layer.3.scores");
  EXPECT_NE(b.name(), a.name());
  EXPECT_EQ(b.name().find(a.name()), 0u) << b.name();
  EXPECT_EQ(c.name(), "encoder.layer.3.exp");
  EXPECT_EQ(ops::exp(x, {}, "after").name(), "encoder.after");
}

TEST(Graph, ResultsOfOneNodeHaveNames) {
  Graph g;
  const Value x = g.add_input("x", kF23, PortKind::data);
  const auto both = ops::top_k.all({x}, {{"k", 2}}, "best");
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(both[0].name(), "best");
  EXPECT_EQ(both[1].name(), "best:1");
  EXPECT_EQ(both[1].info().node, both[0].info().node);
  EXPECT_EQ(both[1].info().result, 1);
}

TEST(Graph, ErrorsNameTheNodeItsOperandsAndThePlace) {
  Graph g;
  const Value x = g.add_input("x", kF23, PortKind::data);
  const Value y = g.add_input("y", {DType::f32, {4}}, PortKind::data);
  Scope scope(g, "mlp");
  const std::string error = error_of([&] { ops::add(x, y, {}, "residual"); });
  expect_words(error, {"mlp.residual", "add(", "'x' f32[2,3]", "'y' f32[4]", "graph_test.cpp:"});
}

TEST(Graph, RefusesEmptyTensorsForeignAndMissingOperands) {
  Graph g, other;
  const Value x = g.add_input("x", kF23, PortKind::data);
  const Value stranger = other.add_input("s", kF23, PortKind::data);
  expect_words(error_of([&] {
                 g.add_input("batch", {DType::f32, {0, 3}}, PortKind::data);
               }),
               {"input 'batch'", "empty", "f32[0,3]"});
  EXPECT_THROW(ops::add(x, stranger), InternalError);
  EXPECT_THROW(ops::add(x, Value()), InternalError);
  EXPECT_THROW(g.add_input("x", kF23, PortKind::data), InternalError);
  EXPECT_THROW(fill(g, 0.0, {DType::f32, {2, 0}}), UserError);
}

/// What an op trips over is told with the node, and stays what it is: a bug, memory that ran out,
/// or the user's to change.
TEST(Graph, ErrorsOfAnOpKeepTheirKind) {
  Graph g;
  const Value x = g.add_input("x", kF23, PortKind::data);
  Scope scope(g, "mlp");
  const std::string error = error_of([&] { g.add1(ops::reshape, {x}, {}, "odd"); });
  expect_words(error, {"'mlp.odd'", "reshape('x' f32[2,3])", "attribute 'shape' is missing"});
  EXPECT_THROW(g.add1(ops::reshape, {x}, {}), InternalError);
  OpDef hungry = ops::exp;
  hungry.infer = [](TypeSpan, const Attrs&) -> std::vector<TensorType> { throw std::bad_alloc(); };
  EXPECT_THROW(g.add1(hungry, {x}, {}), std::bad_alloc);
}

TEST(Graph, PortsAreFoundByName) {
  Graph g("net");
  const Value x = g.add_input("x", kF23, PortKind::data);
  const Value w = g.add_input("w", kF23, PortKind::state);
  g.add_output("y", x + w);
  g.add_output("w", w, PortKind::state);
  EXPECT_EQ(g.input("w"), w);
  EXPECT_EQ(g.output("w").kind, PortKind::state);
  EXPECT_EQ(g.find_input("nothing"), nullptr);
  expect_words(error_of([&] { g.input("nothing"); }), {"net", "nothing", "x, w"});
  expect_words(error_of([&] { g.output("nothing"); }), {"net", "nothing", "y, w"});
  EXPECT_THROW(g.add_output("y", x), InternalError);
}

TEST(Graph, DimsCountFromTheEndToo) {
  Graph g;
  const Value x = g.add_input("x", kF23, PortKind::data);
  EXPECT_EQ(x.dim(0), 2);
  EXPECT_EQ(x.dim(-1), 3);
  expect_words(error_of([&] { x.dim(2); }), {"'x'", "f32[2,3]", "dim 2"});
}

TEST(Graph, IsAValue) {
  Graph g("net");
  const Value x = g.add_input("x", kF23, PortKind::data);
  g.add_output("y", ops::exp(x));
  Graph copy = g;
  EXPECT_EQ(copy, g);
  ops::exp(copy.input("x"));
  EXPECT_FALSE(copy == g);
  EXPECT_EQ(g.nodes().size(), 1u);
}

/// Copies share their memory until one of them is changed, whichever that is and however.
TEST(Graph, ChangingOneOfTwoCopiesLeavesTheOther) {
  const std::vector<std::function<void(Graph&)>> changes{
      [](Graph& g) { ops::exp(g.input("x")); },
      [](Graph& g) { g.add_input("more", kF23, PortKind::data); },
      [](Graph& g) { g.add_output("z", g.input("x")); },
      [](Graph& g) { g.rename_value(g.input("x"), "renamed"); },
      [](Graph& g) { g.mark_cotangent(g.handle(1), g.handle(0), true); },
      [](Graph& g) { g.rename("other"); }};
  for (const auto& change : changes) {
    Graph g("net");
    g.add_output("y", ops::exp(g.add_input("x", kF23, PortKind::data)));
    Graph first = g, second = g;
    change(first);
    EXPECT_EQ(second, g);
    EXPECT_FALSE(first == g);
    change(g);
    EXPECT_EQ(first, g);
    EXPECT_FALSE(second == g);
  }
}

TEST(Graph, ACopyOfANodeStaysAsItIsOrIsNotMade) {
  Graph source("source");
  const Value x = source.add_input("x", kF23, PortKind::data);
  const auto best = ops::top_k.all({x}, {{"k", 2}}, "best");
  const Node& node = source.nodes()[0];
  Graph g("copy");
  const std::vector<ValueId> wide{g.add_input("wide", {DType::f32, {2, 4}}, PortKind::data).id()},
      same{g.add_input("same", kF23, PortKind::data).id()};
  EXPECT_EQ(g.add_copy(source, node, wide), -1);
  const ValueId made = g.add_copy(source, node, same);
  ASSERT_EQ(made, 2);
  for (ValueId i = 0; i < 2; ++i) {
    EXPECT_EQ(g.value(made + i).name, best[static_cast<size_t>(i)].name());
    EXPECT_EQ(g.value(made + i).type, best[static_cast<size_t>(i)].type());
    EXPECT_EQ(g.value(made + i).result, i);
  }
  EXPECT_EQ(g.nodes()[0].attrs, node.attrs);
  EXPECT_EQ(g.add_copy(source, node, same), -1) << "the names are in use";
  EXPECT_EQ(g.nodes().size(), 1u);
}

}  // namespace
}  // namespace tessera
