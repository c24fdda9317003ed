// Training in bf16 beside training in f32: the curves stay together, and the masters are f32.
#include <gtest/gtest.h>

#include <numeric>

#include "tests/models/device.h"
#include "tests/models/errors.h"
#include "tests/models/toy_batches.h"
#include "tests/models/toy_configs.h"

namespace tessera::testing {
namespace {

struct Case {
  const char* name;
  const char* text;
  Sets sets;
};

class Bf16 : public ::testing::TestWithParam<Case> {};

/// Means of ten steps, so that single batches do not decide.
std::vector<double> smooth(const std::vector<double>& losses) {
  std::vector<double> out;
  for (size_t i = 0; i + 10 <= losses.size(); i += 10)
    out.push_back(std::accumulate(losses.begin() + static_cast<std::ptrdiff_t>(i),
                                  losses.begin() + static_cast<std::ptrdiff_t>(i + 10), 0.0) /
                  10);
  return out;
}

/// A hundred steps, in which the loss falls well below that of guessing: the smoothed curve in bf16
/// stays within 1 % of the one in f32.
TEST_P(Bf16, CurveStaysInTheBand) {
  constexpr double kBand = 0.01;
  const Sets longer{"batch.sequences=8", "model.layers=2"};
  Sets sets = GetParam().sets;
  sets.insert(sets.end(), longer.begin(), longer.end());
  const auto precise =
      smooth(losses(*toy_learner(toy_config(GetParam().text, sets), device()), 100));
  const auto rounded = smooth(losses(
      *toy_learner(toy_config(GetParam().text, sets, {"precision.compute=bf16"}), device()), 100));
  ErrorTable table(fmt::format("{} in bf16 ({})", GetParam().name, to_string(device().isa)), kBand);
  for (size_t i = 0; i < precise.size(); ++i)
    table.add(fmt::format("steps {}0: {:.4f}, f32 {:.4f}", i, rounded[i], precise[i]),
              std::abs(rounded[i] / precise[i] - 1));
  EXPECT_LT(precise.back(), 0.9 * precise.front());  // it did learn
}

/// After steps, every copy is its master, rounded.
TEST_P(Bf16, CopiesFollowTheirMasters) {
  for (const char* accumulate : {"1", "2"}) {
    const auto learner = toy_learner(
        toy_config(GetParam().text, GetParam().sets,
                   {"precision.compute=bf16", std::string("batch.accumulate=") + accumulate}),
        device());
    losses(*learner, 3);
    int64_t copies = 0;
    for (const State& state : learner->session().compiled().program.states()) {
      if (state.kind != StateKind::compute_copy) continue;
      ++copies;
      const auto copy = learner->session().state<bfloat16>(state.name);
      const auto master = learner->session().state<float>(
          state.name.substr(0, state.name.size() - std::string("@bf16").size()));
      ASSERT_EQ(copy.size(), master.size());
      for (size_t i = 0; i < copy.size(); ++i)
        ASSERT_EQ(static_cast<float>(copy[i]), static_cast<float>(bfloat16(master[i])))
            << state.name << " " << i;
    }
    EXPECT_GT(copies, 10);
  }
}

INSTANTIATE_TEST_SUITE_P(Models, Bf16,
                         ::testing::Values(Case{"gpt", kToyGpt, {}},
                                           Case{"gpt_llama",
                                                kToyGpt,
                                                {"model.positions=rotary", "model.norm=rms",
                                                 "model.activation=silu_gated", "model.bias=false",
                                                 "model.kv_heads=2", "model.tied_head=false"}},
                                           Case{"bert", kToyBert, {}}),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace tessera::testing
