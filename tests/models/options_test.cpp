// Every option of a model, as YAML states it, builds, trains, evaluates, and reaches every
// parameter.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/models/device.h"
#include "tests/models/toy_batches.h"
#include "tests/models/toy_configs.h"

namespace tessera::testing {
namespace {

/// One way to set each of a list of options.
struct Options {
  std::vector<Sets> choices;

  /// All combinations of the first `count` options; the others take turns at another pace each, so
  /// that any two of their choices meet.
  std::vector<Sets> combinations(size_t count) const {
    size_t total = 1;
    for (size_t i = 0; i < count; ++i) total *= choices[i].size();
    std::vector<Sets> out;
    for (size_t n = 0; n < total; ++n) {
      Sets sets;
      size_t rest = n;
      for (size_t i = 0; i < choices.size(); ++i) {
        const size_t pick = i < count ? rest : stable_hash(std::to_string(n), i);
        sets.push_back(choices[i][pick % choices[i].size()]);
        if (i < count) rest /= choices[i].size();
      }
      out.push_back(std::move(sets));
    }
    return out;
  }
};

void expect_trains(const char* text, const Sets& sets) {
  std::string trace;
  for (const std::string& set : sets) trace += set + " ";
  SCOPED_TRACE(trace);
  const auto learner = toy_learner(toy_config(text, sets), device());
  std::map<std::string, std::vector<float>> before;
  for (const Parameter& p : learner->parameters()) {
    const auto state = learner->session().state<float>(p.name);
    before[p.name] = {state.begin(), state.end()};
  }
  for (int64_t i = 0; i < 2; ++i) {
    const StepResult result = learner->step(i);
    EXPECT_TRUE(std::isfinite(result.loss) && result.loss > 1) << result.loss;
    EXPECT_TRUE(std::isfinite(result.grad_norm) && result.grad_norm > 0) << result.grad_norm;
    EXPECT_TRUE(result.applied);
  }
  for (const Parameter& p : learner->parameters()) {
    const auto state = learner->session().state<float>(p.name);
    EXPECT_FALSE(std::equal(state.begin(), state.end(), before[p.name].begin()))
        << p.name << " did not move";
  }
  const Evaluation evaluation = learner->evaluate();
  EXPECT_TRUE(std::isfinite(evaluation.loss) && evaluation.loss > 1) << evaluation.loss;
}

TEST(Options, OfGpt) {
  const Options options{{
      {"model.positions=learned", "model.positions=rotary"},
      {"model.norm=layer", "model.norm=rms"},
      {"model.activation=gelu_tanh", "model.activation=gelu_erf", "model.activation=relu",
       "model.activation=silu_gated"},
      {"model.tied_head=true", "model.tied_head=false"},
      {"model.bias=true", "model.bias=false"},
      {"model.kv_heads=auto", "model.kv_heads=2", "model.kv_heads=1"},
      {"model.window=0", "model.window=5"},
      {"data.documents=packed", "data.documents=stream"},
      {"model.dropout=0", "model.dropout=0.2"},
      {"model.attention_dropout=0", "model.attention_dropout=0.3"},
      {"optimizer.type=adamw", "optimizer.type=sgd"},
      {"batch.accumulate=1", "batch.accumulate=2"},
      {"recompute.policy=none", "recompute.policy=selective", "recompute.policy=full"},
      {"precision.compute=f32", "precision.compute=bf16"},
      {"model.head_dim=auto", "model.head_dim=6"},
      {"batch.length=auto", "batch.length=17"},
  }};
  for (const Sets& sets : options.combinations(5)) expect_trains(kToyGpt, sets);
}

/// Rotary angles in every scaling, and beside them what Qwen 2 and Mistral have.
TEST(Options, OfScaledAngles) {
  const std::vector<Sets> scalings{
      {"model.rope_scaling=linear", "model.rope_factor=4"},
      {"model.rope_scaling=dynamic", "model.rope_factor=2"},
      {"model.rope_scaling=llama3", "model.rope_factor=8", "model.rope_original_context=9",
       "model.rope_low=0.5", "model.rope_high=2"},
      {"model.rope_scaling=yarn", "model.rope_factor=2", "model.rope_high=32"},
      {"model.rope_scaling=yarn", "model.rope_original_context=12", "model.rope_factor=2",
       "model.rope_magnitude=1.3"}};
  const Options options{{
      {"model.bias=qkv", "model.bias=false"},
      {"model.kv_heads=2", "model.kv_heads=auto"},
      {"model.window=5", "model.window=0"},
      {"model.norm=rms", "model.norm=layer"},
      {"model.activation=silu_gated", "model.activation=gelu_erf"},
      {"model.tied_head=true", "model.tied_head=false"},
      {"data.documents=packed", "data.documents=stream"},
      {"recompute.policy=full", "recompute.policy=selective"},
      {"precision.compute=f32", "precision.compute=bf16"},
      {"model.head_dim=auto", "model.head_dim=6"},
  }};
  for (size_t i = 0; i < scalings.size(); ++i)
    for (Sets sets : options.combinations(1)) {
      sets.insert(sets.end(), scalings[i].begin(), scalings[i].end());
      sets.push_back("model.positions=rotary");
      expect_trains(kToyGpt, sets);
    }
}

TEST(Options, OfBert) {
  const Options options{{
      {"model.next_sentence=true", "model.next_sentence=false"},
      {"model.norm=layer", "model.norm=rms"},
      {"model.activation=gelu_tanh", "model.activation=gelu_erf", "model.activation=relu",
       "model.activation=silu_gated"},
      {"model.bias=true", "model.bias=false", "model.bias=qkv"},
      {"model.dropout=0", "model.dropout=0.2"},
      {"model.attention_dropout=0", "model.attention_dropout=0.3"},
      {"optimizer.type=adamw", "optimizer.type=sgd"},
      {"batch.accumulate=1", "batch.accumulate=2"},
      {"recompute.policy=none", "recompute.policy=selective", "recompute.policy=full"},
      {"precision.compute=f32", "precision.compute=bf16"},
      {"model.segments=auto", "model.segments=3"},
      {"model.first_position=0", "model.first_position=2"},
      {"model.pooler_activation=tanh", "model.pooler_activation=relu"},
      {"batch.length=auto", "batch.length=17"},
  }};
  for (const Sets& sets : options.combinations(4)) expect_trains(kToyBert, sets);
}

TEST(Options, BertWithoutSegments) {
  const Sets sets{"model.segments=0", "model.next_sentence=false", "data.sentence_pairs=false"};
  const auto learner = toy_learner(toy_config(kToyBert, sets), device());
  for (const Parameter& p : learner->parameters()) EXPECT_NE(p.name, "segments");
  expect_trains(kToyBert, sets);
}

TEST(Options, ThatCannotBeHonouredAreRefused) {
  const auto refusal = [](const char* text, const Sets& sets) -> std::string {
    try {
      toy_learner(toy_config(text, sets), device());
    } catch (const UserError& error) {
      return error.what();
    }
    return "";
  };
  const auto expect = [&](const char* text, const Sets& sets, const char* part) {
    const std::string message = refusal(text, sets);
    EXPECT_NE(message.find(part), std::string::npos) << part << ": " << message;
  };
  expect(kToyBert, {"model.tied_head=false"}, "model.tied_head");
  expect(kToyBert, {"data.documents=stream"}, "data.documents");
  expect(kToyBert, {"model.next_sentence=false", "model.masked_head=false"},
         "this model has no head to train");
  expect(kToyBert, {"model.masked_head=false"}, "write model.masked_head: true");
  expect(kToyBert, {"model.pooler=true"}, "model.pooler is for a model without");
  expect(kToyGpt, {"model.first_position=2"}, "model.first_position");
  const Sets rotary{"model.positions=rotary"};
  const auto with = [&](Sets sets) {
    sets.insert(sets.end(), rotary.begin(), rotary.end());
    return sets;
  };
  expect(kToyGpt, {"model.rope_scaling=linear"}, "model.rope_scaling = linear has no effect");
  expect(kToyGpt, with({"model.rope_factor=2"}), "model.rope_factor = 2 has no effect");
  expect(kToyGpt, with({"model.rope_scaling=linear", "model.rope_low=2"}),
         "model.rope_low = 2 has no effect");
  expect(kToyGpt, with({"model.rope_scaling=llama3", "model.rope_magnitude=2"}),
         "model.rope_magnitude = 2 has no effect");
  expect(kToyGpt, with({"model.rope_scaling=yarn", "model.rope_low=4"}), "is not below");
  expect(kToyGpt, with({"model.rope_scaling=ntk"}), "ntk");
}

}  // namespace
}  // namespace tessera::testing
