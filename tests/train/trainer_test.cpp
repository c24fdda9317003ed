// An unbroken run: what it writes, and what it shows.
#include "framework/checkpoint/checkpoint_folder.h"
#include "models/model.h"
#include "tests/train/toy_run.h"

namespace tessera::testing {
namespace {

TEST(Trainer, WritesCurveConfigAndCheckpoints) {
  TemporaryFolder folder;
  ToyRun toy(toy_config(folder.path, {"log.tensorboard=true"}));
  toy.options.peak_gflops = 10;
  toy.options.peak_source = "given";
  const TrainingSummary summary = toy.run();
  EXPECT_EQ(summary.first_step, 0);
  EXPECT_EQ(summary.stop_signal, 0);
  EXPECT_EQ(summary.state.step, 40);
  EXPECT_EQ(summary.state.tokens, 40 * toy.config.tokens_per_step());

  std::vector<int64_t> logged, evaluated;
  std::istringstream lines(read_file(folder.path / "metrics.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    const auto json = nlohmann::json::parse(line);
    const auto step = json.at("step").get<int64_t>();
    if (json.contains("eval_loss")) {
      evaluated.push_back(step);
      EXPECT_TRUE(json.contains("eval_bits_per_byte"));
    } else {
      logged.push_back(step);
      for (const char* key : {"loss", "grad_norm", "lr", "half_loss", "tokens", "tokens_per_s",
                              "mfu", "peak_gflops", "flops_per_token", "skipped", "seconds"})
        EXPECT_TRUE(json.contains(key)) << key;
      EXPECT_EQ(json.at("tokens"), step * toy.config.tokens_per_step());
    }
  }
  EXPECT_EQ(logged, (std::vector<int64_t>{3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33, 36, 39, 40}));
  EXPECT_EQ(evaluated, (std::vector<int64_t>{0, 5, 10, 15, 20, 25, 30, 35, 40}));

  const auto found = list_checkpoints(toy.config.checkpoint.folder);
  ASSERT_EQ(found.size(), 3u);  // checkpoint.keep
  EXPECT_EQ(found[0].step, 40);
  EXPECT_EQ(found[0].path, summary.checkpoint);
  EXPECT_EQ(load_config(shipped_models().kinds(), (folder.path / "config.yaml").string()),
            toy.config);
  expect_in(read_file(folder.path / "header.txt"), {"a toy of 16 parameters", "layers=1"});
  EXPECT_FALSE(fs::exists(folder.path / "failure.txt"));
  const auto json = nlohmann::json::parse(read_file(folder.path / "summary.json"));
  for (const char* key : {"eval_bits_per_byte_start", "eval_bits_per_byte_end", "tokens_per_s",
                          "seconds", "checkpoint"})
    EXPECT_TRUE(json.contains(key)) << key;
  expect_in(toy.shown, {"a toy of 16 parameters", "40 steps of 64 tokens", "MFU: tokens/s",
                        "10 GFLOP/s (given)", "step 3/40  loss ", "step 40/40  validation loss",
                        "done: 40 steps, 2,560 tokens", "step-00000040"});
}

TEST(Trainer, StepsMayBeGivenInTokens) {
  TemporaryFolder folder;
  ToyRun toy(toy_config(folder.path, {"train.steps=300 tokens", "evaluate.every=0 steps",
                                      "checkpoint.every=0 steps", "log.every=128 tokens"}));
  EXPECT_EQ(toy.run().state.step, 5);  // 64 tokens each, rounded up
  EXPECT_EQ(list_checkpoints(toy.config.checkpoint.folder).size(), 1u);
  const std::string shown = curve(folder.path);
  EXPECT_EQ(std::count(shown.begin(), shown.end(), '\n'), 3);  // 2, 4, 5
  EXPECT_EQ(shown.find("eval"), std::string::npos);
}

TEST(Trainer, FinishedRunHasNothingToDo) {
  Unbroken whole;
  ToyRun again(toy_config(whole.folder.path));
  again.learner.before_step = [](int64_t) { ADD_FAILURE() << "a step was made"; };
  EXPECT_EQ(again.run().first_step, 40);
  expect_in(again.shown, {"nothing to do", "train.steps is 40; raise it"});
  EXPECT_EQ(curve(whole.folder.path), whole.curve);
  EXPECT_EQ(again.learner.weights, whole.weights);

  ToyRun longer(toy_config(whole.folder.path, {"train.steps=44 steps"}));
  EXPECT_EQ(longer.run().state.step, 44);
  expect_in(longer.shown, {"settings changed", "train.steps: 40 steps → 44 steps"});
  EXPECT_EQ(curve(whole.folder.path).find(whole.curve), 0u);
}

TEST(Trainer, AppliedNonfiniteUpdateIsABug) {
  TemporaryFolder folder;
  struct Broken : ToyLearner {
    StepResult update(int64_t) override {
      return {std::numeric_limits<double>::infinity(), 1, 1, true, {}};
    }
  } broken;
  const Config config = toy_config(folder.path);
  ProgressDisplay progress([](std::string_view) {}, false, [] { return 80; });
  Trainer trainer(config, broken, progress, {});
  EXPECT_THROW(trainer.run(), InternalError);
  expect_in(read_file(folder.path / "failure.txt"), {"applied with loss inf"});
}

}  // namespace
}  // namespace tessera::testing
