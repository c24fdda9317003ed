// What the passes promise of whole models, looked at between them.
#include <gtest/gtest.h>

#include <set>

#include "framework/assembly/assemble.h"
#include "framework/core/random.h"
#include "framework/graph/text.h"
#include "framework/ops/head_loss.h"
#include "framework/passes/chunk.h"
#include "framework/runtime/evaluate.h"
#include "models/model.h"
#include "tests/models/device.h"
#include "tests/models/toy_configs.h"

namespace tessera::testing {
namespace {

Assembly assemble(const char* text, const Sets& sets, const PassObserver& observer = {}) {
  const Config config = toy_config(text, sets);
  return assemble_training(shipped_models(), config, *config.model.vocab, observer);
}

TEST(Passes, EveryFormParsesBack) {
  const Sets sets{"precision.compute=bf16", "recompute.policy=full", "model.dropout=0.1",
                  "model.attention_dropout=0.1"};
  for (const char* text : {kToyGpt, kToyBert})
    for (const char* accumulate : {"batch.accumulate=1", "batch.accumulate=2"}) {
      std::set<std::string, std::less<>> passes;
      Sets all = sets;
      all.emplace_back(accumulate);
      assemble(text, all, [&](std::string_view pass, const Graph& graph) {
        SCOPED_TRACE(fmt::format("{} after {}", graph.name(), pass));
        passes.emplace(pass);
        const std::string printed = to_string(graph);
        const Graph parsed = parse_graph(printed);
        EXPECT_EQ(to_string(parsed), printed);
        EXPECT_EQ(hash(parsed), hash(graph));
      });
      for (const Pass& pass : pipeline()) EXPECT_EQ(passes.contains(pass.name), !pass.on_mesh);
      for (const char* form : {"model", "grad", "optimizer", "precision"})
        EXPECT_TRUE(passes.contains(form)) << form;
    }
}

/// The node that made a value, seen through views.
const Node* maker(const Graph& graph, ValueId id) {
  while (graph.value(id).node >= 0) {
    const Node& node = graph.node(graph.value(id).node);
    if (node.op->name != "reshape" && node.op->name != "concat") return &node;
    id = node.inputs[0];
  }
  return nullptr;
}

/// In bf16 a gradient that is summed over micro-steps is made in f32, never rounded first: also
/// where the model reads a part of a parameter, as BERT reads its position table.
TEST(Passes, GradientsOfParametersAreMadeInF32) {
  for (const char* text : {kToyGpt, kToyBert}) {
    const Assembly assembly = assemble(text, {"precision.compute=bf16", "batch.accumulate=2",
                                              "model.context=96", "batch.length=24"});
    int64_t checked = 0;
    for (const Graph& graph : assembly.program.graphs()) {
      if (graph.name() != "micro") continue;
      for (const Port& port : graph.outputs()) {
        if (!port.name.str().ends_with("@grad")) continue;
        SCOPED_TRACE(port.name.str());
        ++checked;
        EXPECT_EQ(graph.value(port.value).type.dtype, DType::f32);
        const Node* sum = maker(graph, port.value);
        ASSERT_NE(sum, nullptr);
        EXPECT_NE(sum->op->name, "cast");
        if (sum->op->name != "add") continue;  // a product that adds to the accumulator
        for (ValueId v : sum->inputs) {
          const Node* made = maker(graph, v);
          EXPECT_TRUE(made == nullptr || made->op->name != "cast") << graph.value(v).name.str();
        }
      }
    }
    EXPECT_EQ(checked, std::ssize(assembly.parameters));
  }
}

TEST(Passes, ChunkedHeadPredictsTheSameClasses) {
  const int64_t n = 20, d = 8, v = 37;
  Graph graph("evaluate");
  const auto input = [&](const char* name, TensorType type) {
    return graph.add_input(name, std::move(type), PortKind::data);
  };
  const Value x = input("x", {DType::f32, {n, d}}), w = input("w", {DType::f32, {v, d}}),
              b = input("b", {DType::f32, {v}}), labels = input("labels", {DType::i32, {n}}),
              weights = input("weights", {DType::f32, {n}});
  const Prediction head = head_prediction(x, w, b, labels, weights);
  graph.add_output("loss", head.loss);
  graph.add_output("classes", head.classes);
  Tensors inputs;
  const Random random(5, "head");
  for (const Port& port : graph.inputs()) {
    Tensor tensor(graph.value(port.value).type);
    const auto count = static_cast<size_t>(tensor.type().numel());
    for (size_t i = 0; i < count; ++i) {
      const float u = random.uniform(port.name.str().size(), i);
      if (port.name == "labels")
        tensor.data<int32_t>()[i] = static_cast<int32_t>(u * static_cast<float>(v));
      else
        tensor.data<float>()[i] = 2 * u - 1;
    }
    inputs[port.name] = std::move(tensor);
  }
  const Tensors whole = evaluate(graph, inputs, device());
  for (int64_t rows : {1, 7, 100}) {
    const Tensors chunked = evaluate(chunk(graph, rows), inputs, device());
    EXPECT_EQ(chunked.at("classes").values(), whole.at("classes").values()) << rows;
    EXPECT_NEAR(chunked.at("loss").values()[0], whole.at("loss").values()[0], 1e-4) << rows;
  }
  const auto classes = whole.at("classes").values();
  EXPECT_GT(std::set<double>(classes.begin(), classes.end()).size(), 3u);
}

TEST(Passes, AHeadOverManyTokensStaysAFewThousandNodes) {
  Graph graph("evaluate");
  const int64_t n = int64_t{1} << 24;
  const auto input = [&](const char* name, TensorType type) {
    return graph.add_input(name, std::move(type), PortKind::data);
  };
  graph.add_output(
      "loss", head_loss(input("x", {DType::f32, {n, 8}}), input("w", {DType::f32, {37, 8}}), {},
                        input("labels", {DType::i32, {n}}), input("weights", {DType::f32, {n}})));
  EXPECT_LT(chunk(graph, 256).nodes().size(), 10000u);
}

}  // namespace
}  // namespace tessera::testing
