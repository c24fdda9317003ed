// What transformers makes with a small random Llama, and that model as a generator
// (tests/golden/generation/make writes both).
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "framework/formats/safetensors_reader.h"
#include "framework/train/completion.h"
#include "tests/host_device.h"
#include "tests/models/device.h"
#include "tests/models/toy_configs.h"
#include "tests/places.h"

namespace tessera::testing {

inline std::string generation_golden_path(const std::string& name) {
  return source_dir() + "/tests/golden/generation/" + name;
}

inline nlohmann::json generation_golden() {
  std::ifstream file(generation_golden_path("cases.json"));
  std::stringstream text;
  text << file.rdbuf();
  return nlohmann::json::parse(text.str());
}

inline constexpr int32_t kGoldenVocab = 41, kGoldenEnd = 3;

inline Config golden_config() {
  return parse_config(shipped_models().kinds(), R"(
model: {type: gpt, layers: 2, hidden: 16, heads: 4, kv_heads: 2, mlp_hidden: 24, context: 128,
        vocab: 41, positions: rotary, norm: rms, norm_eps: 1e-5, activation: silu_gated,
        bias: false, tied_head: true}
)",
                      "golden", {});
}

inline std::unique_ptr<Generator> golden_generator(const GenerationSize& size) {
  auto generator = std::make_unique<Generator>(shipped_models(), golden_config(), kGoldenVocab,
                                               host_device(device()), size);
  const SafetensorsReader reader(generation_golden_path("model.safetensors"));
  Session& session = generator->session();
  for (const State& state : session.compiled().program.states())
    if (state.kind == StateKind::parameter)
      session.fill<std::byte>(session.state(state.name), [&](std::span<std::byte> bytes) {
        EXPECT_EQ(reader.type(state.name), state.type) << state.name;
        reader.read(state.name, bytes.data());
      });
  return generator;
}

/// The rules that a case names as transformers does.
inline LogitsRules golden_rules(const nlohmann::json& options) {
  LogitsRules rules;
  rules.repetition = options.value("repetition_penalty", 1.0);
  rules.no_repeat_ngram = options.value("no_repeat_ngram_size", int64_t{0});
  rules.least = options.value("min_new_tokens", int64_t{0});
  return rules;
}

}  // namespace tessera::testing
