// Recomputation changes memory and nothing else.
#include <gtest/gtest.h>

#include "tests/models/device.h"
#include "tests/models/errors.h"
#include "tests/models/toy_batches.h"
#include "tests/models/toy_configs.h"

namespace tessera::testing {
namespace {

struct Trained {
  std::vector<double> losses;
  std::vector<float> parameters;
  int64_t arena = 0;
};

Trained train(const char* text, const Sets& sets, const std::string& policy, int64_t steps) {
  const auto learner =
      toy_learner(toy_config(text, sets, {"recompute.policy=" + policy}), device());
  Trained out{losses(*learner, steps), {}, learner->session().compiled().arena_bytes};
  for (const Parameter& p : learner->parameters()) {
    const auto state = learner->session().state<float>(p.name);
    out.parameters.insert(out.parameters.end(), state.begin(), state.end());
  }
  return out;
}

struct Case {
  const char* name;
  const char* text;
  Sets sets;
};

class Recomputation : public ::testing::TestWithParam<Case> {};

TEST_P(Recomputation, KeepsEveryBit) {
  const Sets shape{"model.layers=6", "model.context=64", "model.dropout=0.1",
                   "model.attention_dropout=0.1"};
  Sets sets = GetParam().sets;
  sets.insert(sets.end(), shape.begin(), shape.end());
  constexpr int64_t kSteps = 4;
  const Trained none = train(GetParam().text, sets, "none", kSteps);
  const Trained selective = train(GetParam().text, sets, "selective", kSteps);
  const Trained full = train(GetParam().text, sets, "full", kSteps);
  EXPECT_EQ(selective.losses, none.losses);
  EXPECT_EQ(full.losses, none.losses);
  EXPECT_EQ(selective.parameters, none.parameters);
  EXPECT_EQ(full.parameters, none.parameters);
  EXPECT_LT(selective.arena, none.arena);
  EXPECT_LT(full.arena, selective.arena);
  fmt::print("{}: arena {} none, {} selective, {} full\n", GetParam().name, none.arena,
             selective.arena, full.arena);
}

INSTANTIATE_TEST_SUITE_P(
    Models, Recomputation,
    ::testing::Values(
        Case{"gpt", kToyGpt, {}}, Case{"gpt_bf16", kToyGpt, {"precision.compute=bf16"}},
        Case{"gpt_gelu_erf", kToyGpt, {"model.activation=gelu_erf"}},
        Case{"gpt_relu", kToyGpt, {"model.activation=relu"}},
        Case{"gpt_llama",
             kToyGpt,
             {"model.positions=rotary", "model.norm=rms", "model.activation=silu_gated",
              "model.bias=false", "model.kv_heads=2", "model.tied_head=false"}},
        Case{"gpt_micro", kToyGpt, {"batch.accumulate=2"}}, Case{"bert", kToyBert, {}},
        Case{"bert_bf16", kToyBert, {"precision.compute=bf16"}}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace tessera::testing
