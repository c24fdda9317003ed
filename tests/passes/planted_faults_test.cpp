// Faults that Graph itself does not let in, planted behind its back: what the verifier is for when
// a pass goes wrong.
#include <gtest/gtest.h>

#include <functional>

#include "framework/graph/verify.h"
#include "framework/ops/ops.h"
#include "framework/plan/plan.h"

namespace tessera {
namespace {

const TensorType kList{DType::f32, {4}};

struct Planted {
  Graph graph{"planted"};
  Value x = graph.add_input("x", kList, PortKind::data);
  Value y = graph.add1(ops::exp, {x}, {}, "y");
  Value z = graph.add1(ops::neg, {y}, {}, "z");
  Planted() { graph.add_output("z", z); }

  Node& node(size_t i) { return const_cast<Node&>(graph.nodes()[i]); }
  ValueInfo& value(Value v) { return const_cast<ValueInfo&>(v.info()); }
  Port& input() { return const_cast<Port&>(graph.inputs()[0]); }
  Port& output() { return const_cast<Port&>(graph.outputs()[0]); }
};

std::string error_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const InternalError& error) {
    return error.what();
  }
  return "no error";
}

TEST(PlantedFaults, EachIsFoundAndNamed) {
  const std::vector<std::pair<std::function<void(Planted&)>, std::string>> faults{
      {[](Planted& p) { p.node(1).inputs[0] = 77; }, "an operand does not exist"},
      {[](Planted& p) { p.node(0).inputs[0] = p.z.id(); }, "an operand is made after its use"},
      {[](Planted& p) { p.node(1).outputs[0] = 77; }, "a result does not exist"},
      {[](Planted& p) { p.node(1).outputs[0] = p.y.id(); }, "a result belongs to another node"},
      {[](Planted& p) { p.node(1).outputs = {}; }, "the number of results is wrong"},
      {[](Planted& p) { p.value(p.z).type.dtype = DType::f64; }, "result 0 should be f32[4]"},
      {[](Planted& p) { p.value(p.z).name = p.value(p.y).name; }, "two values are named 'y'"},
      {[](Planted& p) { p.value(p.x).type.shape[0] = 0; }, "'x' is empty"},
      {[](Planted& p) {
         p.value(p.z).cotangent = {77, true};
       },
       "'z' is the cotangent of no value"},
      {[](Planted& p) { p.input().value = p.z.id(); }, "input 'x' is made by a node"},
      {[](Planted& p) { p.input().value = 77; }, "input 'x' is no value"},
      {[](Planted& p) { p.output().value = -1; }, "output 'z' is no value"},
      {[](Planted& p) { p.value(p.graph.add_input("w", kList, PortKind::data)).node = 0; },
       "input 'w' is made by a node"},
  };
  verify(Planted().graph);
  for (const auto& [plant, words] : faults) {
    Planted p;
    plant(p);
    const std::string error = error_of([&] { verify(p.graph); });
    EXPECT_NE(error.find(words), std::string::npos) << words << ": " << error;
    EXPECT_NE(error.find("graph 'planted'"), std::string::npos) << error;
    EXPECT_NE(
        error_of([&] { make_plan(p.graph, [](const Graph&, NodeId) -> size_t { return 0; }); }),
        "no error")
        << "a plan was made of it";
  }
}

TEST(PlantedFaults, ValuesOfOtherGraphsAreNotTaken) {
  Planted a, b;
  EXPECT_EQ(error_of([&] { a.graph.add_output("other", b.z); }),
            "graph 'planted': output 'other' is no value of this graph");
  EXPECT_EQ(error_of([&] { a.graph.add_output("none", Value()); }),
            "graph 'planted': output 'none' is no value of this graph");
  EXPECT_NE(error_of([&] { a.graph.mark_cotangent(a.z, b.y, true); }), "no error");
  EXPECT_NE(error_of([&] { a.graph.add1(ops::exp, {b.x}); }), "no error");
}

TEST(PlantedFaults, NamesThatWouldBreakTheTextAreNotTaken) {
  Planted p;
  EXPECT_NE(error_of([&] { p.graph.add_input("a\"b", kList, PortKind::data); }), "no error");
  EXPECT_NE(error_of([&] { p.graph.rename_value(p.z, "two\nlines"); }), "no error");
}

TEST(PlantedFaults, AStoredStateKeepsItsTypeAndKind) {
  Planted p;
  p.graph.add_output("x", p.y, PortKind::state);
  EXPECT_NE(error_of([&] { verify(p.graph); }).find("'x' is data and cannot be stored"),
            std::string::npos);
  Graph g("planted");
  const Value s = g.add_input("s", kList, PortKind::state);
  g.add_output("s", ops::cast(s, {{"to", std::string("f64")}}), PortKind::state);
  EXPECT_NE(error_of([&] { verify(g); }).find("state 's' changes its type"), std::string::npos);
}

}  // namespace
}  // namespace tessera
