// Whole training steps on the plug-in with doubles of CUDA's libraries, loaded as a run loads it,
// against the CPU backend: losses, norms and all parameters within what f32 rounds.
#include <gtest/gtest.h>

#include <cmath>

#include "framework/assembly/device.h"
#include "framework/config/choices.h"
#include "framework/train/model_learner.h"
#include "models/model.h"
#include "tests/models/toy_batches.h"
#include "tests/models/toy_configs.h"

namespace tessera::testing {
namespace {

struct Trained {
  std::vector<double> numbers;  // losses and norms
  std::vector<float> parameters;
};

Trained train(const Config& config, int64_t steps) {
  LearnerData data;
  data.vocab = *config.model.vocab;
  data.batches = std::make_unique<ToyBatches>(config);
  ModelLearner learner(shipped_models(), config, std::move(data), make_device(config.device));
  EXPECT_EQ(learner.session().device().profile().backend, choice_name(config.device.type));
  Trained out;
  for (int64_t i = 0; i < steps; ++i) {
    const StepResult step = learner.step(i);
    out.numbers.insert(out.numbers.end(), {step.loss, step.grad_norm});
  }
  for (const Parameter& p : learner.parameters()) {
    const auto state = learner.session().state<float>(p.name);
    out.parameters.insert(out.parameters.end(), state.begin(), state.end());
  }
  return out;
}

struct StepsCase {
  const char* name;
  const char* text;
  Sets sets;
  double tolerance = 1e-5;  // relative, of losses and norms
};

struct CudaSteps : ::testing::TestWithParam<StepsCase> {};

TEST_P(CudaSteps, GiveWhatTheProcessorGives) {
  constexpr int64_t kSteps = 3;
  const StepsCase& c = GetParam();
  const Config here = toy_config(c.text, c.sets),
               there = toy_config(c.text, c.sets, {"device.type=cuda"});
  const Trained want = train(here, kSteps), got = train(there, kSteps);
  ASSERT_EQ(got.numbers.size(), want.numbers.size());
  for (size_t i = 0; i < want.numbers.size(); ++i)
    EXPECT_NEAR(got.numbers[i], want.numbers[i], c.tolerance * std::abs(want.numbers[i]))
        << (i % 2 == 0 ? "loss" : "norm") << " of step " << i / 2;
  ASSERT_EQ(got.parameters.size(), want.parameters.size());
  double squares = 0, distance = 0;
  for (size_t i = 0; i < want.parameters.size(); ++i) {
    const double w = want.parameters[i], d = got.parameters[i] - w;
    squares += w * w;
    distance += d * d;
  }
  EXPECT_LT(std::sqrt(distance / squares), c.tolerance * 10);
  const Trained again = train(there, kSteps);
  EXPECT_EQ(again.numbers, got.numbers) << "the same bits every time";
  EXPECT_EQ(again.parameters, got.parameters);
}

INSTANTIATE_TEST_SUITE_P(
    Models, CudaSteps,
    ::testing::Values(StepsCase{"gpt", kToyGpt, {}},
                      StepsCase{"gpt_dropout", kToyGpt, {"model.dropout=0.1"}},
                      StepsCase{"gpt_accumulate", kToyGpt, {"batch.accumulate=2"}},
                      StepsCase{"gpt_recompute", kToyGpt, {"recompute.policy=full"}},
                      StepsCase{"gpt_bf16", kToyGpt, {"precision.compute=bf16"}, 1e-2},
                      StepsCase{"bert", kToyBert, {}}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace tessera::testing
