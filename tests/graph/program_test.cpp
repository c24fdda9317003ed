#include "framework/graph/program.h"

#include <gtest/gtest.h>

#include "framework/ops/ops.h"

namespace tessera {
namespace {

const TensorType kList{DType::f32, {4}};

Graph reader(const std::string& name, const std::string& state, const TensorType& type) {
  Graph g(name);
  g.add_output("y", ops::exp(g.add_input(state, type, PortKind::state)));
  return g;
}

std::string error_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const InternalError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Program, GraphsOverDeclaredStatesPass) {
  Program p;
  p.declare({"w", kList, StateKind::parameter});
  p.declare({"w", kList, StateKind::parameter});
  p.add(reader("a", "w", kList));
  p.add(reader("b", "w", kList));
  p.verify();
  EXPECT_EQ(p.states().size(), 1u);
  EXPECT_EQ(p.find_state("w"), &p.states()[0]);
  EXPECT_EQ(p.find_state("v"), nullptr);
}

TEST(Program, NamesOfGraphsAreUnique) {
  Program p;
  p.add(Graph("a"));
  EXPECT_EQ(error_of([&] { p.add(Graph("a")); }), "the program has a graph 'a' already");
}

TEST(Program, AStateIsDeclaredInOneWay) {
  Program p;
  p.declare({"w", kList, StateKind::parameter});
  EXPECT_EQ(error_of([&] {
              p.declare({"w", kList, StateKind::moment});
            }),
            "the state 'w' is declared as parameter f32[4] and as moment f32[4]");
  EXPECT_NE(error_of([&] {
              p.declare({"w", {DType::bf16, {4}}, StateKind::parameter});
            }),
            "no error");
}

TEST(Program, UndeclaredStatesAreFaults) {
  Program p;
  p.add(reader("a", "w", kList));
  EXPECT_EQ(error_of([&] { p.verify(); }), "graph 'a' uses the state 'w', which is not declared");
  Program q;
  Graph g("b");
  g.add_output("v", ops::exp(g.add_input("x", kList, PortKind::data)), PortKind::state);
  q.add(g);
  EXPECT_EQ(error_of([&] { q.verify(); }), "graph 'b' uses the state 'v', which is not declared");
}

TEST(Program, StatesHaveTheirDeclaredType) {
  Program p;
  p.declare({"w", kList, StateKind::parameter});
  p.add(reader("a", "w", {DType::f32, {5}}));
  EXPECT_EQ(error_of([&] { p.verify(); }), "graph 'a' has the state 'w' as f32[5], not f32[4]");
}

}  // namespace
}  // namespace tessera
