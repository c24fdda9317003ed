// Layouts from index rules: what splits, what is summed where, and what is refused.
#include "framework/passes/shard.h"

#include <gtest/gtest.h>

#include "framework/core/error.h"
#include "framework/ops/linear.h"
#include "framework/ops/ops.h"
#include "framework/passes/partition.h"

namespace tessera {
namespace {

const Mesh kMesh({{"dp", 2}, {"tp", 4}});

struct Wishes {
  std::map<std::string, std::string> states = {}, uses = {}, named = {};

  ShardWishes made() const {
    ShardWishes out;
    const auto layouts = [](const auto& texts) {
      std::map<std::string, Layout> parsed;
      for (const auto& [name, text] : texts) parsed[name] = layout(text);
      return parsed;
    };
    out.states = layouts(states);
    out.uses = layouts(uses);
    out.named = [found = layouts(named)](const std::string& name) -> std::optional<Layout> {
      const auto it = found.find(name);
      return it == found.end() ? std::nullopt : std::optional(it->second);
    };
    return out;
  }

  static Layout layout(const std::string& text) {
    Layout out;
    for (char c : text) {
      if (c == '_') out.split.emplace_back();
      if (c == 'd') out.split.push_back({0});
      if (c == 't') out.split.push_back({1});
    }
    return out;
  }
};

Graph product(int64_t rows, int64_t in, int64_t features) {
  Graph g("product");
  const Value x = g.add_input("x", {DType::f32, {rows, in}}, PortKind::data);
  const Value w = g.add_input("w", {DType::f32, {features, in}}, PortKind::state);
  g.add_output("y", linear(x, w, {}, "y"));
  return g;
}

std::string layout_of(const Graph& g, const Sharding& sharding, const std::string& name) {
  for (size_t v = 0; v < g.values().size(); ++v)
    if (g.values()[v].name == name) return to_string(sharding.values[v], kMesh);
  return "no such value";
}

std::string refusal(const std::function<void()>& f) {
  try {
    f();
  } catch (const UserError& error) {
    return error.what();
  }
  return "nothing was refused";
}

TEST(Shard, AParameterSplitByColumnsSplitsTheResult) {
  const Graph g = product(8, 16, 12);
  const Wishes wishes{.states = {{"w", "t_"}}, .uses = {{"w", "t_"}}, .named = {{"x", "d_"}}};
  EXPECT_EQ(layout_of(g, shard(g, kMesh, wishes.made()), "y"), "[dp, tp]");
}

TEST(Shard, AParameterSplitByRowsLeavesASum) {
  const Graph g = product(8, 16, 12);
  const Wishes wishes{.states = {{"w", "_t"}}, .uses = {{"w", "_t"}}, .named = {{"x", "d_"}}};
  const Sharding sharding = shard(g, kMesh, wishes.made());
  EXPECT_EQ(layout_of(g, sharding, "y"), "[dp, _] +sum(tp)");
  EXPECT_EQ(to_string(sharding.nodes[0].in[0], kMesh), "[dp, tp]");
}

TEST(Shard, AWishByNameSumsIntoASplit) {
  const Graph g = product(8, 16, 12);
  const Wishes wishes{
      .states = {{"w", "_t"}}, .uses = {{"w", "_t"}}, .named = {{"x", "d_"}, {"y", "dt"}}};
  // The result asks for tp on its columns, but the parameter decides first: it is summed into that
  // split.
  const Sharding sharding = shard(g, kMesh, wishes.made());
  EXPECT_EQ(to_string(sharding.nodes[0].made[0], kMesh), "[dp, _] +sum(tp)");
  EXPECT_EQ(layout_of(g, sharding, "y"), "[dp, tp]");
}

TEST(Shard, SumsPassThroughLinearOpsAndNoOthers) {
  Graph g("sums");
  const Value x = g.add_input("x", {DType::f32, {8, 16}}, PortKind::data);
  const Value w = g.add_input("w", {DType::f32, {12, 16}}, PortKind::state);
  const Value y = linear(x, w, {}, "y");
  const Value flat = ops::reshape(y, {{"shape", Shape{96}}}, "flat");
  const Value twice = ops::add(flat, flat, {}, "twice");
  g.add_output("out", ops::exp(twice, {}, "e"));
  const Wishes wishes{.states = {{"w", "_t"}}, .uses = {{"w", "_t"}}};
  const Sharding sharding = shard(g, kMesh, wishes.made());
  EXPECT_EQ(layout_of(g, sharding, "flat"), "[_] +sum(tp)");
  EXPECT_EQ(layout_of(g, sharding, "twice"), "[_] +sum(tp)");
  EXPECT_EQ(layout_of(g, sharding, "e"), "[_]");
  int reductions = 0;
  const Graph local = partition(g, kMesh, sharding);
  for (const Node& node : local.nodes()) reductions += node.op == &ops::all_reduce;
  EXPECT_EQ(reductions, 1);
}

TEST(Shard, TwoOperandsThatDisagreeAreShownBoth) {
  Graph g("clash");
  const Value a = g.add_input("a", {DType::f32, {8, 8}}, PortKind::data);
  const Value b = g.add_input("b", {DType::f32, {8, 8}}, PortKind::data);
  g.add_output("sum", ops::add(a, b, {}, "sum"));
  Wishes wishes{.named = {{"a", "t_"}, {"b", "_t"}}};
  const std::string text = refusal([&] { shard(g, kMesh, wishes.made()); });
  EXPECT_NE(text.find("'a' asks for 'a', 'b' for 'b'"), std::string::npos) << text;
  EXPECT_NE(text.find("layout file"), std::string::npos) << text;
  wishes.named["sum"] = "t_";  // the model decides
  EXPECT_EQ(layout_of(g, shard(g, kMesh, wishes.made()), "sum"), "[tp, _]");
}

TEST(Shard, SizesThatDoNotDivideAreRefusedWithThoseThatWould) {
  const Graph g = product(8, 16, 10);
  const Wishes wishes{.states = {{"w", "t_"}}, .uses = {{"w", "t_"}}};
  const std::string text = refusal([&] { shard(g, kMesh, wishes.made()); });
  EXPECT_NE(text.find("'w'"), std::string::npos) << text;
  EXPECT_NE(text.find("8 and 12 would"), std::string::npos) << text;
}

TEST(Partition, AValueIsMovedOnceForAllItsUsers) {
  Graph g("users");
  const Value x = g.add_input("x", {DType::f32, {8, 16}}, PortKind::data);
  Value sum;
  for (const char* name : {"a", "b", "c"}) {
    const Value w = g.add_input(name, {DType::f32, {12, 16}}, PortKind::state);
    const Value y = linear(x, w, {}, std::string(name) + ".y");
    sum = sum ? sum + y : y;
  }
  g.add_output("sum", sum);
  Wishes wishes{.named = {{"x", "_t"}}};
  for (const char* name : {"a", "b", "c"}) wishes.states[name] = wishes.uses[name] = "t_";
  int gathers = 0;
  const Graph local = partition(g, kMesh, shard(g, kMesh, wishes.made()));
  for (const Node& node : local.nodes()) gathers += node.op == &ops::all_gather;
  EXPECT_EQ(gathers, 2);  // x, and the result for the output
}

}  // namespace
}  // namespace tessera
