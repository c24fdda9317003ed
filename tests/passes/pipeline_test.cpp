// The pipeline as a table: run without a config, on meshes and for backends that have fewer kernels
// than the CPU.
#include "framework/passes/pipeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "framework/ops/linear.h"
#include "framework/ops/ops.h"
#include "framework/passes/grad.h"
#include "framework/passes/optimizer.h"
#include "tests/places.h"

namespace tessera {
namespace {

const TensorType kRows{DType::f32, {8, 4}};

/// Two layers x + softmax(silu(x W)) with a table of weights each, the mean of squares as loss,
/// gradients and SGD.
Program small_program() {
  Graph g("step");
  const Value first = g.add_input("x", kRows, PortKind::data);
  Value x = first;
  std::vector<Value> weights;
  for (const char* layer : {"encoder.layer.0", "encoder.layer.1"}) {
    weights.push_back(
        g.add_input(std::string(layer) + ".w", {DType::f32, {4, 4}}, PortKind::state));
    Scope scope(g, layer);
    const Value act = ops::silu(linear(x, weights.back(), {}, "up"), {}, "act");
    x = ops::add(x, ops::softmax(act, {{"dim", int64_t{1}}}, "share"), {}, "out");
  }
  const Value loss = ops::sum(ops::square(x), {{"dims", Shape{}}, {"keep", false}}, "loss");
  g.add_output("loss", loss);
  const auto gradients = add_gradients(g, loss, weights);
  std::vector<Update> updates;
  std::vector<State> states;
  for (size_t i = 0; i < weights.size(); ++i) {
    updates.push_back({weights[i].name(), gradients[i], 0});
    states.push_back({weights[i].name(), weights[i].type()});
  }
  Optimizer sgd;
  sgd.type = UpdateRule::sgd;
  sgd.clip_norm = 0;
  sgd.schedule.type = Schedule::Type::constant;
  sgd.schedule.peak = 0.1;
  sgd.schedule.total = 10;
  add_optimizer(g, sgd, updates);
  Program program;
  for (const State& s : states) program.declare(s);
  declare_optimizer_states(program, sgd, states);
  program.add(std::move(g));
  return program;
}

Lowering on_one_rank(HasKernel has_kernel) {
  Lowering lowering;
  lowering.has_kernel = std::move(has_kernel);
  return lowering;
}

HasKernel all_but(std::set<std::string_view> missing) {
  return [missing = std::move(missing)](const OpDef& op, const Attrs&) {
    return !missing.contains(op.name);
  };
}

std::set<std::string> ops_of(const Graph& graph) {
  std::set<std::string> out;
  for (const Node& node : graph.nodes()) out.emplace(node.op->name);
  return out;
}

bool has_value(const Graph& graph, std::string_view name) {
  return std::any_of(graph.values().begin(), graph.values().end(),
                     [&](const ValueInfo& v) { return v.name == name; });
}

TEST(Pipeline, ShowsTheFormsThatItsRowsMake) {
  std::vector<std::string> rows{"precision"}, shown;
  for (const Pass& pass : pipeline())
    if (!pass.on_mesh) rows.emplace_back(pass.name);
  Lowering lowering = on_one_rank(all_but({}));
  lower(small_program(), lowering,
        [&](std::string_view name, const Graph&) { shown.emplace_back(name); });
  EXPECT_EQ(shown, rows);
}

TEST(Pipeline, RunsOnAMeshWithoutAConfig) {
  Lowering lowering = on_one_rank(all_but({}));
  lowering.mesh = Mesh({{"dp", 2}});
  lowering.wishes.named = [](const std::string& name) -> std::optional<Layout> {
    if (name != "x") return std::nullopt;
    Layout rows = Layout::whole(2);
    rows.split[0] = {0};
    return rows;
  };
  for (const char* w : {"encoder.layer.0.w", "encoder.layer.1.w"}) {
    lowering.wishes.states[w] = lowering.wishes.uses[w] = Layout::whole(2);
    lowering.wishes.gradients[w] = Layout::whole(2);
  }
  const Program local = lower(small_program(), lowering);
  const Graph& step = local.graphs()[0];
  EXPECT_EQ(step.value(step.find_input("x")->value).type.shape, (Shape{4, 4}));
  EXPECT_EQ(lowering.inputs.at("step.x").split[0], std::vector<AxisId>{0});
  EXPECT_TRUE(ops_of(step).contains("all_reduce"));
  EXPECT_TRUE(has_value(step, "encoder.layer.0.w.grad"));
  EXPECT_EQ(local.find_state("encoder.layer.0.w")->whole, (Shape{4, 4}));
}

TEST(Pipeline, ExpandsForAPoorerBackendBeforeRecomputeAndFuse) {
  const HasKernel poor = all_but({"linear", "silu", "silu_grad", "softmax"});
  Lowering lowering = on_one_rank(poor);
  lowering.recompute = Recompute::selective;
  std::map<std::string, std::set<std::string>> forms;
  const Program local =
      lower(small_program(), lowering,
            [&](std::string_view name, const Graph& g) { forms[std::string(name)] = ops_of(g); });
  EXPECT_TRUE(forms.at("chunk").contains("silu"));
  for (const char* op : {"linear", "silu", "silu_grad", "softmax"})
    EXPECT_FALSE(forms.at("expand").contains(op)) << op;
  const Graph& step = local.graphs()[0];
  for (const Node& node : step.nodes()) EXPECT_TRUE(poor(*node.op, node.attrs)) << node.op->name;
  // What the composite of softmax computes on the way is made again like any cheap op.
  EXPECT_TRUE(std::any_of(step.values().begin(), step.values().end(), [](const ValueInfo& v) {
    return v.name.str().find(".share.") != std::string::npos && v.name.str().ends_with(".again");
  }));
}

/// Nodes with this attribute set.
int64_t count(const Program& program, const char* attribute) {
  const auto& nodes = program.graphs()[0].nodes();
  return std::count_if(nodes.begin(), nodes.end(),
                       [&](const Node& node) { return node.attrs.flag(attribute); });
}
int64_t activations(const Program& program) {
  const auto& nodes = program.graphs()[0].nodes();
  return std::count_if(nodes.begin(), nodes.end(), [](const Node& node) {
    return node.op == &ops::linear && node.attrs.text("activation") != "none";
  });
}

TEST(Pipeline, FuseMakesOnlyFormsThatTheBackendHas) {
  Lowering rich = on_one_rank(all_but({}));
  EXPECT_EQ(activations(lower(small_program(), rich)), 2);
  Lowering plain = on_one_rank([](const OpDef& op, const Attrs& attrs) {
    return op.name != "linear" || attrs.text("activation") == "none";
  });
  const Program apart = lower(small_program(), plain);
  EXPECT_EQ(activations(apart), 0);
  EXPECT_TRUE(ops_of(apart.graphs()[0]).contains("silu"));
}

/// x W + x, and a gradient that is added to its accumulator.
Program two_sums() {
  Graph g("step");
  const Value x = g.add_input("x", kRows, PortKind::data),
              w = g.add_input("w", {DType::f32, {4, 4}}, PortKind::state),
              sum = g.add_input("w@grad", {DType::f32, {4, 4}}, PortKind::state);
  g.add_output("y", ops::add(linear(x, w), x));
  g.add_output("w@grad", ops::add(sum, ops::matmul(x, x, {{"trans_a", true}})), PortKind::state);
  Program program;
  program.declare({"w", w.type()});
  program.declare({"w@grad", sum.type(), StateKind::accumulator});
  program.add(std::move(g));
  return program;
}

TEST(Pipeline, FuseAsksForResidualsAndAccumulatorsToo) {
  Lowering rich = on_one_rank(all_but({}));
  const Program fused = lower(two_sums(), rich);
  EXPECT_EQ(count(fused, "residual"), 1);
  EXPECT_EQ(count(fused, "accumulate"), 1);
  Lowering plain = on_one_rank([](const OpDef&, const Attrs& attrs) {
    return !attrs.flag("residual") && !attrs.flag("accumulate");
  });
  const Program apart = lower(two_sums(), plain);
  EXPECT_EQ(count(apart, "residual"), 0);
  EXPECT_EQ(count(apart, "accumulate"), 0);
}

std::string text_of(const std::string& file) {
  std::ifstream in(source_dir() + "/" + file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(Pipeline, TheArchitecturePageHasItsRows) {
  const std::string page = text_of("docs/architecture.md");
  std::string arrows = "model builder → grad → optimizer → precision";
  bool inside = false;
  for (const Pass& pass : pipeline()) {
    arrows += inside && !pass.on_mesh ? "]" : "";
    arrows += !inside && pass.on_mesh ? " → [" : " → ";
    arrows += pass.name == "partition" ? "shard → partition" : std::string(pass.name);
    inside = pass.on_mesh;
    EXPECT_NE(page.find(fmt::format("| {} |", pass.name)), std::string::npos) << pass.name;
  }
  arrows += inside ? "] → plan" : " → plan";
  EXPECT_NE(page.find(arrows), std::string::npos) << arrows;
}

TEST(Pipeline, NamesAllForms) {
  EXPECT_EQ(form_names(),
            "model, grad, optimizer, precision, partition (on a mesh), chunk, expand, recompute, "
            "fuse, order, bucket (on a mesh), overlap (on a mesh), plan");
}

}  // namespace
}  // namespace tessera
