// Configs of small models for tests, as a user would write them, and settings on top of them.
#pragma once

#include <string>
#include <vector>

#include "framework/config/parse.h"
#include "models/model.h"

namespace tessera::testing {

inline constexpr const char* kToyGpt = R"(
model: {type: gpt, layers: 2, hidden: 32, heads: 4, context: 24, vocab: 67, init_std: 0.1}
batch: {sequences: 4}
optimizer: {lr: 3e-3}
schedule: {type: constant}
train: {steps: 100 steps}
evaluate: {every: 0 steps}
)";

inline constexpr const char* kToyBert = R"(
model: {type: bert, layers: 2, hidden: 32, heads: 4, context: 24, vocab: 67, init_std: 0.1,
        activation: gelu_erf, next_sentence: true}
data: {mask_rate: 20%, sentence_pairs: true}
batch: {sequences: 4}
optimizer: {lr: 3e-3}
schedule: {type: constant}
train: {steps: 100 steps}
evaluate: {every: 0 steps}
)";

using Sets = std::vector<std::string>;

inline Config toy_config(const char* text, Sets sets = {}, const Sets& more = {}) {
  sets.insert(sets.end(), more.begin(), more.end());
  return parse_config(shipped_models().kinds(), text, "toy", sets);
}

}  // namespace tessera::testing
