// The text of a graph: parsing gives an equal graph back; damage is named by line.
#include "framework/graph/text.h"

#include <gtest/gtest.h>

#include "framework/core/random.h"
#include "framework/graph/verify.h"
#include "framework/ops/iota.h"
#include "framework/ops/ops.h"
#include "framework/ops/shared/fill.h"

namespace tessera {
namespace {

Graph sample() {
  Graph g("a step");
  const Value x = g.add_input("x", {DType::f32, {2, 6}}, PortKind::data);
  const Value w = g.add_input("w", {DType::f32, {6}}, PortKind::state);
  Scope scope(g, "block.0");
  const Value y = ops::exp(x * w, {}, "scores");
  const auto best = ops::top_k.all({y}, {{"k", 3}}, "best");
  const Value cut = ops::slice(y, {{"starts", Shape{0, 1}}, {"limits", Shape{2, 4}}}, "cut");
  const Value count = ops::cast(iota(g, {DType::i32, {3}}, 0), {{"to", "f32"}});
  const Value z = ops::sum(cut + best[0] + count, {{"dims", Shape{-1}}, {"keep", true}});
  const Value tiny = z * 1e-30 + 0.1;
  g.mark_cotangent(ops::exp(y, {}, "dscores"), y, true);
  g.mark_cotangent(ops::neg(y, {}, "part"), y, false);
  g.add_output("z", tiny);
  g.add_output("places", best[1]);
  g.add_output("w", w + ops::sum(x, {{"dims", Shape{0}}}), PortKind::state);
  return g;
}

TEST(GraphText, ParsesBackToAnEqualGraph) {
  const Graph g = sample();
  verify(g);
  const std::string text = to_string(g);
  const Graph back = parse_graph(text);
  EXPECT_EQ(back, g) << text;
  EXPECT_EQ(to_string(back), text);
  EXPECT_EQ(hash(back), hash(g));
}

TEST(GraphText, TheHashIsTheSameInEveryProcessAndChangesWithTheGraph) {
  Graph g("net");
  const Value x = g.add_input("x", {DType::f32, {2, 3}}, PortKind::data);
  g.add_output("y", ops::exp(x));
  EXPECT_EQ(to_string(g),
            "graph \"net\"\n"
            "%0 \"x\" f32[2,3] = data\n"
            "%1 \"exp\" f32[2,3] = exp(%0)\n"
            "out \"y\" %1\n");
  EXPECT_EQ(hash(g), stable_hash(to_string(g)));
  EXPECT_EQ(hash(g), 13879201474633262156u);
  Graph other = g;
  other.rename_value(other.handle(1), "e");
  EXPECT_NE(hash(other), hash(g));
}

TEST(GraphText, EveryAttributeTypeSurvives) {
  Graph g;
  const Value x = g.add_input("x", {DType::f32, {4}}, PortKind::data);
  // The ops ignore attributes that they do not know, so that any may be carried.
  for (const double real : {0.1, -0.0, 1e300, 5e-324, 3.0, 1.0 / 3})
    ops::exp(x, {{"real", real},
                 {"text", "a \"b\" \\ {c}, d=[1]"},
                 {"flag", false},
                 {"list", Shape{-1, 0, 1}},
                 {"none", Shape{}},
                 {"count", -7}});
  EXPECT_EQ(parse_graph(to_string(g)), g) << to_string(g);
}

TEST(GraphText, DamageIsNamedByLine) {
  const std::string good =
      "graph \"net\"\n%0 \"x\" f32[2,3] = data\n%1 \"e\" f32[2,3] = exp(%0)\nout \"y\" %1\n";
  ASSERT_EQ(to_string(parse_graph(good)), good);
  struct Damage {
    std::string from, to, line, words;
  };
  for (const Damage& d :
       {Damage{"graph", "grph", "line 1", "expected 'graph'"},
        Damage{"exp(", "expp(", "line 3", "unknown op 'expp'"},
        Damage{"(%0)", "(%7)", "line 3", "used before it is made"},
        Damage{"(%0)", "(%0", "line 3", "expected"},
        Damage{"f32[2,3] = exp", "f32[2,4] = exp", "line 3", "the type is f32[2,3]"},
        Damage{"f32[2,3] = data", "f31[2,3] = data", "line 2", "f31"},
        Damage{"%1 \"e\"", "%2 \"e\"", "line 3", "run in order"},
        Damage{"\"e\"", "\"x\"", "line 3", "taken"},
        Damage{"%1\n", "%1 x\n", "line 4", "left over"},
        Damage{"\"y\" %1", "\"y\" %9", "line 4", "unknown value"}}) {
    std::string text = good;
    text.replace(text.find(d.from), d.from.size(), d.to);
    try {
      parse_graph(text);
      ADD_FAILURE() << "accepted: " << text;
    } catch (const UserError& error) {
      const std::string message = error.what();
      EXPECT_NE(message.find(d.line), std::string::npos) << message;
      EXPECT_NE(message.find(d.words), std::string::npos) << message;
    }
  }
}

TEST(GraphText, AnyDamageIsAnErrorAndNoCrash) {
  const std::string good = to_string(sample());
  const Random random(5, "damage");
  const std::string alphabet = "%\"[](){}=,#x0 9-\n";
  for (uint64_t i = 0; i < 3000; ++i) {
    std::string text = good;
    for (uint64_t k = 0; k <= i % 3; ++k)
      text[random.below(text.size(), i, 2 * k)] =
          alphabet[random.below(alphabet.size(), i, 2 * k + 1)];
    try {
      verify(parse_graph(text));
    } catch (const UserError&) {
    } catch (const InternalError&) {
      // The verifier refuses the graph, or an attribute is missing.
    }
  }
}

}  // namespace
}  // namespace tessera
