// The best evaluation: its checkpoint is kept, and a run that finds no better one ends.
#include "framework/checkpoint/checkpoint_folder.h"
#include "tests/train/toy_run.h"

namespace tessera::testing {
namespace {

/// A learner whose evaluations are as a test says, one after the other.
struct ScriptedRun : ToyRun {
  std::vector<double> scores;
  size_t evaluations = 0;

  class Learner : public ToyLearner {
   public:
    explicit Learner(ScriptedRun& run) : run_(run) {}
    Evaluation evaluate() override {
      const double score = run_.scores.at(std::min(run_.evaluations, run_.scores.size() - 1));
      ++run_.evaluations;
      return {1 - score, {{"accuracy", score}}};
    }

   private:
    ScriptedRun& run_;
  };

  ScriptedRun(Config c, std::vector<double> s) : ToyRun(std::move(c)), scores(std::move(s)) {}
  TrainingSummary run() {
    Learner own(*this);
    own.sequences = config.batch.sequences;
    ProgressDisplay progress([this](std::string_view text) { shown += text; }, false,
                             [] { return 80; });
    return Trainer(config, own, progress, options).run();
  }
};

Config best_config(const fs::path& folder, std::vector<std::string> sets = {}) {
  sets.insert(sets.begin(),
              {"evaluate.metric=accuracy", "evaluate.keep=best", "checkpoint.keep=1"});
  return toy_config(folder, sets);
}

std::vector<int64_t> steps_in(const Config& config) {
  std::vector<int64_t> steps;
  for (const FoundCheckpoint& found : list_checkpoints(config.checkpoint.folder))
    steps.push_back(found.step);
  return steps;
}

// Evaluations are after steps 0, 5, 10, …, 40.
const std::vector<double> kRise{0.95, 0.5, 0.6, 0.8, 0.7, 0.8, 0.7, 0.6, 0.5};

TEST(Best, ItsCheckpointIsKeptBesideTheNewest) {
  TemporaryFolder folder;
  ScriptedRun run(best_config(folder.path), kRise);
  run.run();
  EXPECT_EQ(steps_in(run.config), (std::vector<int64_t>{40, 15}));  // that of step 0 is no training
  const auto json = nlohmann::json::parse(read_file(folder.path / "summary.json"));
  EXPECT_EQ(json.at("best_step"), 15);
  EXPECT_EQ(json.at("best_accuracy"), 0.8);
  EXPECT_EQ(json.at("ended_early"), false);
  EXPECT_TRUE(json.at("best_checkpoint").get<std::string>().ends_with("checkpoints/step-00000015"));
  expect_in(run.shown, {"best: accuracy 0.8000 at step 15, kept as "});
}

TEST(Best, TheSmallestLossIsBest) {
  TemporaryFolder folder;
  ScriptedRun run(best_config(folder.path, {"evaluate.metric=loss"}), kRise);
  run.run();
  expect_in(run.shown, {"best: loss 0.2000 at step 15"});
}

TEST(Best, PatienceEndsTheRun) {
  TemporaryFolder folder;
  ScriptedRun run(best_config(folder.path, {"evaluate.patience=3"}), kRise);
  const TrainingSummary summary = run.run();
  EXPECT_EQ(summary.state.step, 30);
  EXPECT_EQ(summary.stop_signal, 0);
  EXPECT_EQ(steps_in(run.config), (std::vector<int64_t>{30, 15}));
  expect_in(run.shown, {"ended before step 40: 3 evaluations in a row were no better"});
  EXPECT_EQ(nlohmann::json::parse(read_file(folder.path / "summary.json")).at("ended_early"), true);

  ScriptedRun again(run.config, kRise);
  EXPECT_EQ(again.run().state.step, 30);
  expect_in(again.shown, {"nothing to do: ", "raise evaluate.patience to go on"});

  Config longer = run.config;
  longer.evaluate.patience = 10;
  ScriptedRun more(longer, {0.9});
  EXPECT_EQ(more.run().state.step, 40);
  EXPECT_EQ(steps_in(longer), (std::vector<int64_t>{40, 35}));
}

TEST(Best, IsTheSameWhenARunIsStoppedAndGoesOn) {
  TemporaryFolder folder;
  ScriptedRun first(best_config(folder.path, {"train.steps=20 steps"}), kRise);
  first.run();
  Config longer = first.config;
  longer.train.steps = Duration::of_steps(40);
  ScriptedRun second(longer, {0.7, 0.75, 0.7});
  second.run();
  EXPECT_EQ(steps_in(longer), (std::vector<int64_t>{40, 15}));
  expect_in(second.shown, {"best: accuracy 0.8000 at step 15"});
}

TEST(Best, RefusesAFigureThatIsNotThereBeforeTheFirstStep) {
  TemporaryFolder folder;
  ScriptedRun run(best_config(folder.path, {"evaluate.metric=f1"}), kRise);
  EXPECT_EQ(user_error_of([&] { run.run(); }),
            "evaluate.metric: there is no figure 'f1'; there are: loss, accuracy");
  EXPECT_TRUE(run.learner.read.empty());
}

}  // namespace
}  // namespace tessera::testing
