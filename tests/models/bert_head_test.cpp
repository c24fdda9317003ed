// BERT's head for masked tokens is as the config says its blocks are: activation and bias (as
// BertPredictionHeadTransform of transformers has them).
#include <gtest/gtest.h>

#include "models/bert.h"
#include "tests/models/device.h"
#include "tests/models/toy_batches.h"
#include "tests/models/toy_configs.h"

namespace tessera::testing {
namespace {

/// The op that makes "mlm.transform" active, and its form.
std::string head_activation(const Config& config) {
  Graph graph("step");
  shipped_models().of(config).build(graph, config, {.training = true});
  ValueId transform = -1;
  for (const Node& node : graph.nodes()) {
    for (ValueId v : node.outputs)
      if (graph.value(v).name == "bert.transform") transform = v;
    if (!node.inputs.empty() && node.inputs[0] == transform && transform >= 0)
      return std::string(node.op->name) +
             (node.attrs.has("form") ? "_" + node.attrs.text("form") : "");
  }
  return "nothing";
}

std::vector<std::string> head_parameters(const Config& config) {
  Graph graph("step");
  std::vector<std::string> out;
  for (const Parameter& p : shipped_models().of(config).build(graph, config, {.training = true}))
    if (p.name.starts_with("mlm.")) out.push_back(p.name);
  return out;
}

TEST(BertHead, FollowsTheActivation) {
  for (const auto& [activation, op] :
       std::vector<std::pair<std::string, std::string>>{{"gelu_tanh", "gelu_tanh"},
                                                        {"gelu_erf", "gelu_erf"},
                                                        {"relu", "relu"},
                                                        {"silu_gated", "silu"}})
    EXPECT_EQ(head_activation(toy_config(kToyBert, {"model.activation=" + activation})), op);
}

TEST(BertHead, FollowsTheBias) {
  using Names = std::vector<std::string>;
  // Checkpoints of a model with biases hold these, whatever the activation.
  const Names all{"mlm.transform.weight", "mlm.transform.bias", "mlm.norm.gain", "mlm.norm.bias",
                  "mlm.bias"};
  for (const char* activation : {"gelu_tanh", "silu_gated"})
    EXPECT_EQ(
        head_parameters(toy_config(kToyBert, {std::string("model.activation=") + activation})),
        all);
  EXPECT_EQ(head_parameters(toy_config(kToyBert, {"model.bias=false"})),
            (Names{"mlm.transform.weight", "mlm.norm.gain"}));
}

/// Biases begin as zeros, so that a model without them begins as one with them, in training and in
/// evaluation.
TEST(BertHead, BeginsWithoutBiasAsWithIt) {
  const auto with = toy_learner(toy_config(kToyBert), device()),
             without = toy_learner(toy_config(kToyBert, {"model.bias=false"}), device());
  EXPECT_NEAR(without->step(0).loss, with->step(0).loss, 1e-5);
  const auto fresh = toy_learner(toy_config(kToyBert), device()),
             bare = toy_learner(toy_config(kToyBert, {"model.bias=false"}), device());
  const Evaluation expected = fresh->evaluate(), got = bare->evaluate();
  EXPECT_NEAR(got.loss, expected.loss, 1e-5);
  EXPECT_EQ(got.figures[1], expected.figures[1]) << "masked_accuracy";
}

}  // namespace
}  // namespace tessera::testing
