// Generation through key/value caches beside the whole forward pass: the same logits at every
// position.
#include <gtest/gtest.h>

#include <limits>
#include <numeric>

#include "framework/ops/ops.h"
#include "framework/passes/expand.h"
#include "framework/runtime/evaluate.h"
#include "framework/train/generator.h"
#include "models/model.h"
#include "tests/host_device.h"
#include "tests/models/device.h"
#include "tests/models/errors.h"
#include "tests/models/toy_batches.h"
#include "tests/models/toy_configs.h"

namespace tessera::testing {
namespace {

constexpr int64_t kContext = 150,
                  kVocab = 67;  // more than two blocks of a prompt, and not whole ones

/// A Generator and, for comparison, the model's plain forward pass over the same parameters.
class Text {
 public:
  explicit Text(Sets sets) : Text(toy_config(kToyGpt, std::move(sets), shape())) {}

  Generator& generator() { return generator_; }

  /// (S, vocab): the logits at every position of `tokens`, computed at once in f32.
  std::vector<std::vector<float>> forward(const std::vector<int32_t>& tokens) const {
    Config config = config_;
    config.batch.length = static_cast<int64_t>(tokens.size());
    Graph graph("forward");
    shipped_models().of(config).build(graph, config, {.training = false});
    graph = expand(graph, [](const Node& node) { return node.op == &ops::head_loss; });
    for (const Node& node : graph.nodes())
      if (node.op == &ops::cross_entropy) graph.add_output("logits", graph.handle(node.inputs[0]));
    Tensors inputs = parameters_;
    for (const Port& port : graph.inputs())
      if (port.kind == PortKind::data) inputs[port.name] = Tensor(graph.value(port.value).type);
    std::copy(tokens.begin(), tokens.end(), inputs.at("tokens_in").data<int32_t>());
    std::iota(inputs.at("positions_in").data<int32_t>(),
              inputs.at("positions_in").data<int32_t>() + tokens.size(), 0);
    inputs.at("count").data<float>()[0] = 1;
    const Tensor logits = evaluate(graph, inputs, device()).at("logits");
    std::vector<std::vector<float>> out;
    for (size_t i = 0; i < tokens.size(); ++i) {
      const float* row = logits.data<float>() + static_cast<int64_t>(i) * kVocab;
      out.emplace_back(row, row + kVocab);
    }
    return out;
  }

  /// What run() gives, and the logits that each token was drawn from.
  std::pair<std::vector<int32_t>, std::vector<std::vector<float>>> run(
      const std::vector<int32_t>& prompt, int64_t most, const Sampling& sampling) {
    std::vector<std::vector<float>> logits;
    auto tokens = generator_.run(prompt, most, sampling, kVocab, [&](int32_t) {
      const auto now =
          generator_.session().output<float>(logits.empty() ? "prefill" : "decode", "logits");
      logits.emplace_back(now.begin(), now.end());
      return true;
    });
    return {std::move(tokens), std::move(logits)};
  }

 private:
  static Sets shape() {
    return {"model.context=150", "batch.sequences=1", "data.documents=stream"};
  }

  explicit Text(const Config& config)
      : config_(config), generator_(shipped_models(), config, kVocab, host_device(device())) {
    const auto learner = toy_learner(config, device());
    for (const Parameter& p : learner->parameters()) {
      const auto from = learner->session().state<float>(p.name);
      generator_.session().upload(generator_.session().state(p.name), from);
      parameters_[p.name] = Tensor::of<float>(DType::f32, p.shape, from);
    }
    if (config.precision.compute == DType::bf16) generator_.session().run("refresh");
  }

  const Config config_;
  Generator generator_;
  Tensors parameters_;
};

struct Case {
  const char* name;
  Sets sets;
  double bound = 1e-5;  // relative to the largest logit
};

class Generation : public ::testing::TestWithParam<Case> {
 protected:
  Text text_{GetParam().sets};
};

const Sampling kLikeliest{.temperature = 0};

/// A prompt of every length: one token, whole blocks, one more than a block, the whole context.
TEST_P(Generation, PromptsOfEveryLength) {
  const auto tokens = ToyBatches::text(3, kContext, kVocab);
  const auto whole = text_.forward(tokens);
  double worst = 0;
  for (size_t length = 1; length <= tokens.size(); ++length) {
    const auto logits =
        text_
            .run({tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(length)}, 1,
                 kLikeliest)
            .second;
    worst = std::max(worst, worst_error(logits.at(0), whole[length - 1]));
  }
  ErrorTable(fmt::format("{}, prefill", GetParam().name), GetParam().bound).add("logits", worst);
}

TEST_P(Generation, OneTokenAfterAnotherUpToTheEnd) {
  const auto words = ToyBatches::text(4, 40, kVocab);
  for (size_t length : {size_t{1}, size_t{40}}) {
    std::vector<int32_t> tokens(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(length));
    const auto [made, logits] = text_.run(tokens, 1000, {.temperature = 1, .seed = 5});
    ASSERT_EQ(static_cast<int64_t>(tokens.size() + made.size()), kContext + 1);
    tokens.insert(tokens.end(), made.begin(), made.end() - 1);
    const auto whole = text_.forward(tokens);
    double worst = 0;
    for (size_t i = 0; i < made.size(); ++i)
      worst = std::max(worst, worst_error(logits[i], whole[length - 1 + i]));
    ErrorTable(fmt::format("{}, decode behind {}", GetParam().name, length), GetParam().bound)
        .add("logits", worst);
  }
}

/// What an earlier text left in the caches does not show.
TEST_P(Generation, OneTextAfterAnother) {
  const auto one = ToyBatches::text(5, 70, kVocab), two = ToyBatches::text(6, 9, kVocab);
  const auto first = text_.run(two, 20, kLikeliest);
  text_.run(one, 100, kLikeliest);
  const auto again = text_.run(two, 20, kLikeliest);
  EXPECT_EQ(again.first, first.first);
  EXPECT_EQ(again.second, first.second);
}

INSTANTIATE_TEST_SUITE_P(Models, Generation,
                         ::testing::Values(Case{"learned", {}}, Case{"window", {"model.window=20"}},
                                           Case{"llama",
                                                {"model.positions=rotary", "model.norm=rms",
                                                 "model.activation=silu_gated", "model.bias=false",
                                                 "model.kv_heads=2", "model.tied_head=false"}},
                                           Case{"bf16", {"precision.compute=bf16"}, 0.05},
                                           Case{"llama_bf16",
                                                {"precision.compute=bf16", "model.positions=rotary",
                                                 "model.kv_heads=1"},
                                                0.05}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(GenerationCaches, AreOfTheComputeType) {
  for (const char* compute : {"f32", "bf16"}) {
    const Config config = toy_config(kToyGpt, {std::string("precision.compute=") + compute});
    int caches = 0;
    const Assembly assembly = assemble_generation(shipped_models(), config, kVocab, 64);
    for (const State& state : assembly.program.states())
      if (state.kind == StateKind::cache) {
        ++caches;
        EXPECT_EQ(to_string(state.type.dtype), compute);
      }
    EXPECT_EQ(caches, 4);  // k and v of two layers
  }
}

TEST(GenerationSampling, IsDecidedBySeedAndPosition) {
  Text text(Sets{});
  const auto prompt = ToyBatches::text(8, 10, kVocab);
  const auto one = text.run(prompt, 60, {.temperature = 1, .seed = 1}).first;
  EXPECT_EQ(text.run(prompt, 60, {.temperature = 1, .seed = 1}).first, one);
  EXPECT_NE(text.run(prompt, 60, {.temperature = 1, .seed = 2}).first, one);
  // Going on from what was made gives what would have been made.
  std::vector<int32_t> longer = prompt;
  longer.insert(longer.end(), one.begin(), one.begin() + 30);
  const auto rest = text.run(longer, 30, {.temperature = 1, .seed = 1}).first;
  EXPECT_EQ(rest, std::vector<int32_t>(one.begin() + 30, one.end()));
}

TEST(GenerationSampling, StopsWhenTold) {
  Text text(Sets{});
  const std::vector<int32_t> prompt{1, 2, 3};
  int seen = 0;
  const auto made =
      text.generator().run(prompt, 50, kLikeliest, kVocab, [&](int32_t) { return ++seen < 4; });
  EXPECT_EQ(made.size(), 4u);
  EXPECT_TRUE(text.generator().run(prompt, 0, kLikeliest, kVocab).empty());
  EXPECT_THROW(text.generator().run({}, 1, kLikeliest, kVocab), UserError);
  EXPECT_THROW(text.generator().run(std::vector<int32_t>(kContext + 1, 1), 1, kLikeliest, kVocab),
               UserError);
}

TEST(GenerationSampling, RefusesLogitsThatAreNoNumbers) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), kInfinity, -kInfinity})
    for (const double temperature : {0.0, 1.0})
      EXPECT_THROW(sample(std::vector{0.5F, bad, 1.0F}, {.temperature = temperature}, 0),
                   UserError);
}

TEST(GenerationSampling, DrawsFromTheDistribution) {
  const std::vector<float> logits{std::log(0.2F), std::log(0.5F), std::log(0.3F)};
  const auto parts = [&](const Sampling& sampling) {
    constexpr int kDraws = 20000;
    std::vector<double> counts(3);
    for (int i = 0; i < kDraws; ++i)
      counts[static_cast<size_t>(sample(logits, sampling, i))] += 1.0 / kDraws;
    return counts;
  };
  constexpr double kNear = 0.015;  // four standard deviations
  const auto near = [&](const Sampling& sampling, std::vector<double> expected) {
    const auto got = parts(sampling);
    for (size_t i = 0; i < 3; ++i) EXPECT_NEAR(got[i], expected[i], kNear) << i;
  };
  near({.temperature = 1}, {0.2, 0.5, 0.3});
  near({.temperature = 0.5}, {4.0 / 38, 25.0 / 38, 9.0 / 38});
  near({.temperature = 1, .top_k = 2}, {0, 5.0 / 8, 3.0 / 8});
  near({.temperature = 1, .top_p = 0.6}, {0, 5.0 / 8, 3.0 / 8});
  near({.temperature = 1, .top_p = 0.4}, {0, 1, 0});
  near({.temperature = 1, .top_k = 1}, {0, 1, 0});
  near({.temperature = 0}, {0, 1, 0});
}

}  // namespace
}  // namespace tessera::testing
