// A learner without a model: its state is a vector that each update turns by a pure function of
// (state, index), so that any lost, doubled or reordered step shows in all that follows. Hooks let
// a test interfere at a given step.
#pragma once

#include <cmath>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "framework/config/parse.h"
#include "framework/train/signals.h"
#include "framework/train/trainer.h"
#include "models/model.h"
#include "tests/checkpoint/sample.h"

namespace tessera::testing {

class ToyLearner : public Learner {
 public:
  std::function<void(int64_t)> before_step;  // gets the update's index
  std::function<void()> in_evaluation;
  std::set<int64_t> nonfinite;  // updates that are skipped
  std::vector<double> weights = std::vector<double>(16, 1.0);

  int64_t sequences = 8;      // in an update
  std::vector<int64_t> read;  // samples, in order
  std::optional<bool> began_with_optimizer;

  StepResult update(int64_t first_sample) override {
    const int64_t index = first_sample / sequences;
    for (int64_t i = 0; i < sequences; ++i) read.push_back(first_sample + i);
    if (before_step) before_step(index);
    StepResult result;
    result.learning_rate = 1.0 / static_cast<double>(index + 1);
    if (nonfinite.contains(index)) {
      result.loss = std::numeric_limits<double>::quiet_NaN();
      result.grad_norm = std::numeric_limits<double>::infinity();
      result.applied = false;
      return result;
    }
    for (size_t i = 0; i < weights.size(); ++i)
      weights[i] = std::sin(3 * weights[i] + 0.1 * static_cast<double>(index + 1) +
                            weights[(i + 5) % weights.size()]);
    result.loss = weights[0] * weights[1] + 2;
    result.grad_norm = std::abs(weights[2]);
    result.parts = {{"half_loss", result.loss / 2}};
    return result;
  }
  Evaluation evaluate() override {
    if (in_evaluation) in_evaluation();
    if (stop_signal() != 0) throw EvaluationStopped{};
    return {weights[3], {{"bits_per_byte", weights[4]}}};
  }
  void save(CheckpointWriter& writer) override {
    const TensorType type{DType::f64, {static_cast<int64_t>(weights.size())}};
    const std::vector<PartTensor> parts{{"weights", type, Box::whole(type.shape), weights.data()}};
    writer.write(parts);
  }
  void load(TensorSource& source) override {
    source.read("weights", Box::whole(source.type("weights").shape), weights.data());
  }
  std::vector<std::string> begin_from(TensorSource& source, bool with_optimizer) override {
    load(source);
    began_with_optimizer = with_optimizer;
    return {};
  }
  std::vector<std::string> batch_identity(int64_t first_sample, int64_t count) override {
    std::vector<std::string> out;
    for (int64_t i = 0; i < count; ++i)
      out.push_back("document " + std::to_string(7 * (first_sample + i)));
    return out;
  }
  std::string header() override { return "a toy of 16 parameters"; }
  double flops_per_token() override { return 96; }
};

/// A run of 40 steps in `folder`: log every 3, evaluate every 5, save every 4.
inline Config toy_config(const fs::path& folder, std::vector<std::string> sets = {}) {
  sets.insert(sets.begin(), {"log.folder=" + folder.string(),
                             "checkpoint.folder=" + (folder / "checkpoints").string(),
                             "train.steps=40 steps", "log.every=3 steps", "evaluate.every=5 steps",
                             "checkpoint.every=4 steps", "log.tensorboard=false"});
  return parse_config(shipped_models().kinds(),
                      "model: {type: gpt, layers: 1, hidden: 8, heads: 1, context: 8}", "toy.yaml",
                      sets);
}

struct ToyRun {
  Config config;
  ToyLearner learner;
  std::string shown;
  TrainerOptions options;

  explicit ToyRun(Config c) : config(std::move(c)) {
    learner.sequences = config.batch.sequences;
    options.command = "tessera train toy.yaml";
    options.data = "320 tokens in 3 documents, checksum 0123456789abcdef";
    options.environment = {{"isa", "avx2"}, {"threads", "2"}};
  }
  TrainingSummary run() {
    ProgressDisplay progress([this](std::string_view text) { shown += text; }, false,
                             [] { return 80; });
    return Trainer(config, learner, progress, options).run();
  }
};

/// The lines of a metrics file without what depends on the clock.
inline std::string curve(const fs::path& folder) {
  std::istringstream in(read_file(folder / "metrics.jsonl"));
  std::string out;
  for (std::string line; std::getline(in, line);) {
    auto json = nlohmann::ordered_json::parse(line);
    for (const char* timing : {"seconds", "tokens_per_s", "eval_seconds", "mfu"})
      json.erase(timing);
    out += json.dump() + "\n";
  }
  return out;
}

/// The curve and the last weights of a run that nothing interrupts.
struct Unbroken {
  TemporaryFolder folder;
  std::string curve;
  std::vector<double> weights;

  explicit Unbroken(const std::set<int64_t>& nonfinite = {}) {
    ToyRun toy(toy_config(folder.path));
    toy.learner.nonfinite = nonfinite;
    EXPECT_EQ(toy.run().state.step, 40);
    curve = testing::curve(folder.path);
    weights = toy.learner.weights;
  }
};

inline void expect_in(const std::string& text, const std::vector<std::string>& parts) {
  for (const std::string& part : parts)
    EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in: " << text;
}

}  // namespace tessera::testing
