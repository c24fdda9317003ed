// What passes know of ops they know from the ops' rows: ops of these tests alone take part in mixed
// precision, accumulation, views and recompute, and no pass names an op that it does not make or
// take apart itself.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include "framework/graph/program.h"
#include "framework/graph/query.h"
#include "framework/ops/linear.h"
#include "framework/ops/ops.h"
#include "framework/passes/fuse.h"
#include "framework/passes/precision.h"
#include "framework/passes/recompute.h"
#include "framework/passes/shard.h"
#include "tests/places.h"

namespace tessera {
namespace {

const TensorType kTable{DType::f32, {4, 4}};

std::vector<TensorType> infer_product(TypeSpan in, const Attrs& attrs) {
  return {{attrs.has("to") ? parse_dtype(attrs.text("to")) : in[0].dtype, in[0].shape}};
}

/// A product that takes part in everything that a product can.
const OpDef product{.name = "toy_product",
                    .infer = infer_product,
                    .flops = [](TypeSpan, TypeSpan, const Attrs&) { return 1.0; },
                    .precision = Precision::low,
                    .low_operands = 0b11,
                    .takes_to = true,
                    .accumulates = Accumulates::gradients};

/// A product that knows nothing of `to`.
const OpDef rounding_product{
    .name = "toy_rounding_product", .infer = infer_product, .precision = Precision::low};

/// Another name for the operand's memory.
const OpDef view{.name = "toy_view",
                 .infer = infer_product,
                 .rule = [](TypeSpan in, TypeSpan out,
                            const Attrs&) { return make_rule("a b -> a b", in, out); },
                 .alias =
                     [](TypeSpan, TypeSpan, const Attrs&) {
                       return std::vector<Alias>{{0, 0, Alias::Kind::view, 0}};
                     },
                 .precision = Precision::follow};

const OpDef update{.name = "toy_update",
                   .infer =
                       [](TypeSpan in, const Attrs& attrs) {
                         std::vector<TensorType> out{in[0]};
                         if (attrs.has("copy")) out.push_back({DType::bf16, in[0].shape});
                         return out;
                       },
                   .updates = true};

const OpDef bend{.name = "toy_bend",
                 .infer = infer_product,
                 .precision = Precision::follow,
                 .activation = [](const Attrs&) { return std::string("toy_bend"); },
                 .held = [](TypeSpan, TypeSpan, const Attrs&) { return true; }};

const HasKernel kAll = [](const OpDef&, const Attrs&) { return true; };

/// A program in which `op` uses w; its result becomes the total cotangent of w and then the state
/// w@grad.
Program gradient_by(const OpDef& op) {
  Graph g("micro");
  const Value x = g.add_input("x", kTable, PortKind::data),
              w = g.add_input("w", kTable, PortKind::state);
  const Value gradient = g.add1(op, {x, w}, {}, "gradient");
  g.mark_cotangent(gradient, w, true);
  g.add_output("w@grad", gradient, PortKind::state);
  Program program;
  program.declare({"w", kTable});
  program.declare({"w@grad", kTable, StateKind::accumulator});
  program.add(std::move(g));
  return program;
}

TEST(OpFacts, ANewProductMakesGradientsInF32FromBf16) {
  const Program low = apply_precision(gradient_by(product), DType::bf16);
  const Graph& g = low.graphs()[0];
  const Node& node = g.node(g.value(g.output("w@grad").value).node);
  ASSERT_EQ(node.op, &product);
  EXPECT_EQ(node.attrs.text("to"), "f32");
  EXPECT_EQ(g.value(node.inputs[0]).type.dtype, DType::bf16);
  EXPECT_EQ(g.value(node.inputs[1]).name, "w@bf16");
}

TEST(OpFacts, AProductThatCannotRunsInF32WhereItMakesAGradient) {
  const Program low = apply_precision(gradient_by(rounding_product), DType::bf16);
  const Graph& g = low.graphs()[0];
  const Node& node = g.node(g.value(g.output("w@grad").value).node);
  ASSERT_EQ(node.op, &rounding_product);
  for (ValueId v : node.inputs) EXPECT_EQ(g.value(v).type.dtype, DType::f32);
}

TEST(OpFacts, ANewOptimizerWritesTheCopies) {
  Graph g("step");
  const Value x = g.add_input("x", kTable, PortKind::data),
              w = g.add_input("w", kTable, PortKind::state);
  g.add_output("y", g.add1(product, {x, w}));
  g.add_output("w", g.add1(update, {w, x}, {}, "updated"), PortKind::state);
  Program program;
  program.declare({"w", kTable});
  program.add(std::move(g));
  const Program low = apply_precision(program, DType::bf16);
  const Graph& step = low.graphs()[0];
  const Port* copy = step.find_output("w@bf16");
  ASSERT_NE(copy, nullptr);
  const Node& node = step.node(step.value(copy->value).node);
  EXPECT_EQ(node.op, &update);
  EXPECT_EQ(node.attrs.text("copy"), "bf16");
  EXPECT_EQ(step.value(node.inputs.back()).name, "w@bf16");
}

TEST(OpFacts, AProductBehindANewViewReadsTheCopyOfTheParameter) {
  Graph g("step");
  const Value x = g.add_input("x", kTable, PortKind::data),
              w = g.add_input("w", kTable, PortKind::state);
  g.add_output("y", g.add1(product, {x, g.add1(view, {w})}));
  Program program;
  program.declare({"w", kTable});
  program.add(std::move(g));
  const Program low = apply_precision(program, DType::bf16);
  const Graph& step = low.graphs()[0];
  EXPECT_NE(step.find_input("w@bf16"), nullptr);
  for (const Node& node : step.nodes())
    EXPECT_TRUE(node.op != &ops::cast || step.value(node.inputs[0]).name != "w");
}

TEST(OpFacts, SharedAsStoredThroughANewView) {
  Graph g("step");
  const Value w = g.add_input("w", kTable, PortKind::state);
  g.add_output("v", g.add1(view, {w}, {}, "v"), PortKind::state);
  const Mesh mesh({{"dp", 2}});
  Layout split = Layout::whole(2);
  split.split[0] = {0};
  ShardWishes wishes;
  wishes.states["w"] = split;
  wishes.uses["w"] = Layout::whole(2);
  wishes.named = [](const std::string&) { return std::nullopt; };
  const Sharding sharding = shard(g, mesh, wishes);
  EXPECT_EQ(sharding.nodes[0].in[0], split) << "a view takes a parameter as it is stored";
}

TEST(OpFacts, ANewProductAddsToTheAccumulatorInPlace) {
  Graph g("micro");
  const Value x = g.add_input("x", kTable, PortKind::data),
              sum = g.add_input("w@grad", kTable, PortKind::state);
  g.add_output("w@grad", ops::add(sum, g.add1(product, {x, x})), PortKind::state);
  const Graph fused = fuse(g, kAll);
  ASSERT_EQ(fused.nodes().size(), 1u);
  EXPECT_EQ(fused.nodes()[0].op, &product);
  EXPECT_TRUE(fused.nodes()[0].attrs.flag("accumulate"));
  EXPECT_EQ(fused.value(fused.nodes()[0].inputs.back()).name, "w@grad");
}

TEST(OpFacts, ADenseLayerEndsWithANewActivationWhereTheBackendKnowsIt) {
  Graph g("evaluate");
  const Value x = g.add_input("x", kTable, PortKind::data),
              w = g.add_input("w", kTable, PortKind::state);
  g.add_output("y", g.add1(bend, {linear(x, w)}));
  EXPECT_EQ(fuse(g, kAll).nodes()[0].attrs.text("activation"), "toy_bend");
  const Graph apart = fuse(g, [](const OpDef&, const Attrs& attrs) {
    return !attrs.has("activation") || attrs.text("activation") != "toy_bend";
  });
  EXPECT_EQ(apart.nodes().size(), 2u);
}

TEST(OpFacts, RecomputeHoldsWhatNewOpsSay) {
  Graph g("step");
  const Value x = g.add_input("x", kTable, PortKind::data);
  Value cheap, held, costly;
  {
    Scope scope(g, "decoder.layer.7");
    cheap = ops::exp(x, {}, "cheap");
    held = g.add1(bend, {cheap}, {}, "held");
    costly = g.add1(product, {held, held}, {}, "costly");
  }
  g.add_output("loss", ops::sum(costly, {{"dims", Shape{}}, {"keep", false}}));
  g.add_output("backward", cheap + g.add1(view, {held}, {}, "late") + costly);
  const Graph remade = recompute(g, Recompute::selective);
  EXPECT_TRUE(remade.has_name("decoder.layer.7.cheap.again"));
  EXPECT_FALSE(remade.has_name("decoder.layer.7.held.again"));
  EXPECT_FALSE(remade.has_name("decoder.layer.7.costly.again"));
}

/// The ops that these files make or take apart themselves, and may therefore name in comparisons.
const std::map<std::string, std::set<std::string>> kOwned{
    {"framework/passes/chunk.cpp", {"head_loss", "head_loss_grad"}},
    {"framework/passes/fuse.cpp", {"linear", "add"}},
    {"framework/passes/bucket.cpp", {"all_gather"}},
    {"framework/passes/overlap.cpp", {"all_reduce"}},
    {"framework/report/memory_report.cpp", {"all_gather"}},
    {"framework/report/traffic.cpp", {"all_gather", "wait"}},
    {"framework/verify/value_capture.cpp", {"wait"}}};

TEST(OpFacts, PassesCompareNoOpsThatTheyDoNotOwn) {
  const std::regex comparison(
      R"re((?:[!=]=\s*&ops::(\w+))|(?:&ops::(\w+)\s*[!=]=)|(?:op->name\s*[!=]=\s*"(\w+)"))re");
  int files = 0;
  for (const char* room : {"passes", "plan", "report", "verify"})
    for (const auto& entry :
         std::filesystem::directory_iterator(source_dir() + "/framework/" + room)) {
      const std::string name =
          fmt::format("framework/{}/{}", room, entry.path().filename().string());
      std::ifstream in(entry.path());
      const std::string text((std::istreambuf_iterator<char>(in)), {});
      ++files;
      const auto owned = kOwned.find(name);
      for (std::sregex_iterator it(text.begin(), text.end(), comparison), end; it != end; ++it) {
        const std::string op = (*it)[1].str() + (*it)[2].str() + (*it)[3].str();
        EXPECT_TRUE(owned != kOwned.end() && owned->second.contains(op))
            << name << " compares with " << op << ", an op that it does not make or take apart; "
            << "let OpDef say what it needs to know";
      }
    }
  EXPECT_GT(files, 40);
}

}  // namespace
}  // namespace tessera
