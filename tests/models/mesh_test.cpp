// The equivalence ladder: one config on one rank and on meshes of threads gives the same losses,
// step by step, whatever is sharded. Dropout is on and weights are uneven.
#include <gtest/gtest.h>

#include <cmath>

#include "framework/assembly/layouts.h"
#include "framework/comm/threads.h"
#include "framework/core/threads.h"
#include "tests/models/device.h"
#include "tests/models/ladder.h"
#include "tests/models/toy_batches.h"
#include "tests/models/toy_configs.h"

namespace tessera::testing {
namespace {

constexpr int64_t kSteps = 20;

std::vector<StepResult> train(const Config& config) {
  std::vector<StepResult> out;
  set_thread_count(1);
  const auto steps = [&](World* world) {
    const auto learner = toy_learner(config, device(), world);
    for (int64_t i = 0; i < kSteps; ++i) {
      const StepResult result = learner->step(i);
      if (!world || world->rank() == 0) out.push_back(result);
    }
  };
  const int64_t ranks = mesh_of(config).size();
  if (ranks == 1)
    steps(nullptr);
  else
    run_threads(static_cast<int>(ranks), [&](World& world) { steps(&world); });
  return out;
}

struct Ladder : ::testing::TestWithParam<Rung> {};

void expect_same(const char* text, const Sets& base, const Rung& rung, double loss_bound) {
  Sets sets = sets_of(rung);
  sets.insert(sets.end(), base.begin(), base.end());
  const auto one =
      train(toy_config(text, base, {fmt::format("batch.accumulate={}", rung.accumulate)}));
  const auto many = train(toy_config(text, sets));
  ASSERT_EQ(one.size(), many.size());
  double worst = 0;
  for (size_t i = 0; i < one.size(); ++i) {
    worst = std::max(worst, std::abs(one[i].loss - many[i].loss));
    EXPECT_NEAR(one[i].grad_norm, many[i].grad_norm, loss_bound * 10) << "step " << i;
  }
  ::testing::Test::RecordProperty("worst", fmt::format("{:.3g}", worst));
  EXPECT_LE(worst, loss_bound);
  EXPECT_LT(one.back().loss, one.front().loss);
}

const Sets kLow{"precision.compute=bf16"};

TEST_P(Ladder, Gpt) { expect_same(kToyGpt, kOnTheLadder, GetParam(), 2e-5); }
TEST_P(Ladder, Bert) { expect_same(kToyBert, kOnTheLadder, GetParam(), 2e-5); }
TEST_P(Ladder, GptInBf16) {
  Sets sets = kOnTheLadder;
  sets.insert(sets.end(), kLow.begin(), kLow.end());
  expect_same(kToyGpt, sets, GetParam(), 0.02);
}
TEST_P(Ladder, BertInBf16) {
  Sets sets = kOnTheLadder;
  sets.insert(sets.end(), kLow.begin(), kLow.end());
  expect_same(kToyBert, sets, GetParam(), 0.02);
}

/// Every pair of settings of different kinds stands in a rung, but for those that cannot: sharded
/// state needs dp, sequence parallel needs tp.
TEST(LadderRungs, EveryPairStandsInOne) {
  const auto settings = [](const Rung& r) {
    return std::vector<std::string>{
        fmt::format("dp{} tp{}", r.dp, r.tp), r.shard, r.sequence ? "sequence" : "no sequence",
        fmt::format("x{}", r.accumulate), fmt::format("recompute {}", r.recompute)};
  };
  for (const Rung& a : kRungs)
    for (const Rung& b : kRungs)
      for (size_t i = 0; i < 5; ++i)
        for (size_t j = i + 1; j < 5; ++j) {
          const std::string one = settings(a)[i], other = settings(b)[j];
          if (i == 0 && j == 1 && a.dp == 1 && other != "none") continue;
          if (i == 0 && j == 2 && a.tp == 1 && b.sequence) continue;
          EXPECT_TRUE(std::any_of(
              kRungs.begin(), kRungs.end(),
              [&](const Rung& r) { return settings(r)[i] == one && settings(r)[j] == other; }))
              << one << " with " << other;
        }
}

INSTANTIATE_TEST_SUITE_P(Meshes, Ladder, ::testing::ValuesIn(kRungs),
                         [](const auto& info) { return name_of(info.param); });

/// What models of other programs have, on meshes that split heads, sequences and state.
struct OtherModels : ::testing::TestWithParam<Rung> {
  static void expect_same_with(const char* text, Sets sets) {
    sets.insert(sets.end(), kOnTheLadder.begin(), kOnTheLadder.end());
    expect_same(text, sets, GetParam(), 2e-5);
  }
};

TEST_P(OtherModels, Llama3) {
  expect_same_with(
      kToyGpt, {"model.positions=rotary", "model.rope_scaling=llama3", "model.rope_factor=8",
                "model.rope_original_context=9", "model.norm=rms", "model.activation=silu_gated",
                "model.bias=qkv", "model.kv_heads=2"});
}

TEST_P(OtherModels, YarnInAWindow) {
  expect_same_with(kToyGpt,
                   {"model.positions=rotary", "model.rope_scaling=yarn", "model.rope_factor=2",
                    "model.rope_original_context=12", "model.rope_high=32", "model.kv_heads=2",
                    "model.window=5", "model.tied_head=false"});
}

TEST_P(OtherModels, Roberta) {
  expect_same_with(kToyBert,
                   {"model.first_position=2", "model.segments=1", "model.next_sentence=false",
                    "data.sentence_pairs=false", "model.bias=qkv"});
}

INSTANTIATE_TEST_SUITE_P(Meshes, OtherModels,
                         ::testing::Values(Rung{2, 2, "none", false, 1, "none"},
                                           Rung{2, 2, "parameters", true, 3, "full"},
                                           Rung{1, 2, "none", true, 1, "selective"}),
                         [](const auto& info) { return name_of(info.param); });

/// Gradients that travel in bf16 are rounded, no more.
TEST(Wire, GradientsTravelAsTheConfigSays) {
  Sets sets = kOnTheLadder;
  sets.insert(sets.end(), {"mesh.dp=2", "data_parallel.wire=bf16"});
  const auto rounded = train(toy_config(kToyGpt, sets));
  sets.back() = "data_parallel.wire=f32";
  const auto whole = train(toy_config(kToyGpt, sets));
  EXPECT_NE(rounded[1].loss, whole[1].loss);
  for (size_t i = 0; i < whole.size(); ++i) EXPECT_NEAR(rounded[i].loss, whole[i].loss, 0.02) << i;
}

}  // namespace
}  // namespace tessera::testing
