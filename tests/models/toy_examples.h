// A file of examples that can be learned, and configs of tiny classifiers that read it with bytes
// as tokens.
#pragma once

#include <array>
#include <string>

#include "framework/core/random.h"
#include "framework/train/open_examples.h"
#include "tests/models/toy_configs.h"
#include "tests/temporary_folder.h"

namespace tessera::testing {

inline constexpr const char* kToyClassifierBert = R"(
model: {type: bert, layers: 2, hidden: 32, heads: 4, context: 24, vocab: 264, init_std: 0.1,
        activation: gelu_erf}
task: {type: classify, max_length: 16, class_weights: [1, 2, 0.5]}
data: {validation: 30%}
batch: {sequences: 12}
optimizer: {lr: 3e-3}
schedule: {type: constant}
train: {steps: 100 steps}
)";

inline constexpr const char* kToyClassifierGpt = R"(
model: {type: gpt, layers: 2, hidden: 32, heads: 4, context: 24, vocab: 264, init_std: 0.1}
task: {type: classify, max_length: 16, class_weights: [1, 2, 0.5]}
data: {validation: 30%}
batch: {sequences: 12}
optimizer: {lr: 3e-3}
schedule: {type: constant}
train: {steps: 100 steps}
)";

/// 80 rows of TSV: a text of 2 to 21 letters and one of three labels, by its first letters.
inline std::string toy_table() {
  std::string text = "id\ttext\tlabel\n";
  const Random random(3, "toy examples");
  for (uint64_t i = 0; i < 80; ++i) {
    const uint64_t kind = random.below(3, i, 0), length = 1 + random.below(20, i, 1);
    std::string row(1, static_cast<char>('x' + kind));
    for (uint64_t k = 0; k < length; ++k)
      row += static_cast<char>('a' + random.below(12, i, k + 2));
    text += fmt::format("{}\t{}\t{}\n", i, row, std::array{"low", "mid", "top"}[kind]);
  }
  return text;
}

/// A classifier's config on the toy examples, which are written to a folder of its own.
struct ToyExamples {
  TemporaryFolder folder;
  std::shared_ptr<const Tokenizer> tokenizer = std::make_shared<const Tokenizer>(ByteTokenizer());

  ToyExamples() { write_file(folder / "toy.tsv", toy_table()); }

  Config config(const char* text, Sets sets = {}, const Sets& more = {}) const {
    sets.push_back("data.train=" + (folder / "toy.tsv").string());
    return with_labels(toy_config(text, sets, more));
  }
  LearnerData data(const Config& config) const {
    return open_examples(shipped_models(), config, tokenizer);
  }
};

}  // namespace tessera::testing
