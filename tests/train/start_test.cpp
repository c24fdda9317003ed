// init.from: a new run that begins with another's weights.
#include "tests/train/toy_run.h"

namespace tessera::testing {
namespace {

/// A new run of 3 steps on other data, which begins from `from`.
struct NewRun {
  TemporaryFolder folder;

  Config config(const fs::path& from, std::vector<std::string> sets = {}) const {
    sets.insert(sets.begin(),
                {"init.from=" + from.string(), "train.steps=3 steps", "data.shards=b"});
    return toy_config(folder.path, sets);
  }
  ToyRun toy(const fs::path& from, const std::vector<std::string>& sets = {}) const {
    ToyRun run(config(from, sets));
    run.options.data = "99 tokens in 1 documents, checksum fedcba9876543210";
    return run;
  }
};

/// What three steps make of weights.
std::vector<double> three_steps_from(std::vector<double> weights) {
  ToyLearner learner;
  learner.weights = std::move(weights);
  for (int64_t i = 0; i < 3; ++i) learner.update(i * learner.sequences);
  return learner.weights;
}

TEST(Start, BeginsAtStepZeroWithTheWeightsOfAnother) {
  const Unbroken whole;
  const NewRun run;
  ToyRun toy = run.toy(whole.folder.path);
  const TrainingSummary summary = toy.run();
  EXPECT_EQ(summary.first_step, 0);
  EXPECT_EQ(summary.state.step, 3);
  EXPECT_EQ(summary.state.samples, 24);
  EXPECT_EQ(toy.learner.weights, three_steps_from(whole.weights));
  EXPECT_EQ(toy.learner.began_with_optimizer, false);
  expect_in(toy.shown, {"a new run, beginning with the weights of ", "step-00000040 (step 40)"});
  EXPECT_EQ(curve(whole.folder.path), whole.curve);  // the other one is as it was
}

TEST(Start, MayBeNamedAsRunAsFolderOfCheckpointsOrAsCheckpointOfAnyName) {
  const Unbroken whole;
  const fs::path checkpoints = whole.folder.path / "checkpoints";
  TemporaryFolder other;
  fs::copy(checkpoints / "step-00000040", other.path / "pretrained");
  for (const fs::path& from :
       {whole.folder.path, checkpoints, checkpoints / "step-00000040", other.path / "pretrained"}) {
    const NewRun run;
    ToyRun toy = run.toy(from);
    toy.run();
    EXPECT_EQ(toy.learner.weights, three_steps_from(whole.weights)) << from;
  }
}

TEST(Start, TheOptimizerMayBeKept) {
  const Unbroken whole;
  const NewRun run;
  ToyRun toy = run.toy(whole.folder.path, {"init.optimizer=kept", "schedule.type=constant"});
  toy.run();
  EXPECT_EQ(toy.learner.began_with_optimizer, true);
  expect_in(toy.shown, {"beginning with the weights and the optimizer of "});
}

TEST(Start, ACheckpointOfItsOwnWins) {
  const Unbroken whole;
  const NewRun run;
  run.toy(whole.folder.path).run();
  ToyRun on = run.toy(whole.folder.path, {"train.steps=5 steps"});
  const TrainingSummary summary = on.run();
  EXPECT_EQ(summary.first_step, 3);
  EXPECT_EQ(on.learner.began_with_optimizer, std::nullopt);
  expect_in(on.shown, {"going on from ", "at step 3 of 5"});
  ToyRun gone = run.toy("/nowhere", {"train.steps=6 steps"});  // what it began with may go
  EXPECT_EQ(gone.run().first_step, 5);
}

TEST(Start, ADamagedNewestOneIsPassedOverWithAWord) {
  const Unbroken whole;
  const fs::path newest = whole.folder.path / "checkpoints" / "step-00000040";
  const fs::path part = newest / "part-00000.safetensors";
  const std::string bytes = read_file(part);
  write_byte(part, bytes.size() - 1, static_cast<char>(bytes.back() ^ 1));
  const NewRun run;
  ToyRun toy = run.toy(whole.folder.path);
  toy.run();
  expect_in(toy.shown, {"step-00000040 cannot be used: ", "is damaged", "step-00000036 (step 36)"});
  ToyRun named = run.toy(newest, {"log.folder=" + (run.folder.path / "x").string(),
                                  "checkpoint.folder=" + (run.folder.path / "y").string()});
  expect_in(user_error_of([&] { named.run(); }), {"init.from: ", "cannot be used", "is damaged"});
}

TEST(Start, SaysWhatIsNoStart) {
  TemporaryFolder folder;
  const NewRun run;
  fs::create_directory(folder.path / "empty");
  expect_in(user_error_of([&] { run.toy(folder.path / "none").run(); }),
            {"init.from: there is no folder", "none"});
  expect_in(user_error_of([&] { run.toy(folder.path / "empty").run(); }),
            {"init.from: ", "neither a checkpoint nor does it hold one that is whole"});
  write_file(folder.path / "empty" / "manifest.json", "{}");
  expect_in(user_error_of([&] { run.toy(folder.path / "empty").run(); }),
            {"init.from: ", "cannot be used", "manifest.json"});
}

TEST(Start, SettingsThatMeanNothingAreRefused) {
  TemporaryFolder folder;
  const auto refusal = [&](const std::vector<std::string>& sets) {
    return user_error_of([&] { toy_config(folder.path, sets); });
  };
  expect_in(refusal({"init.optimizer=kept", "schedule.type=constant"}),
            {"init.optimizer = kept has no effect with init.from: empty"});
  expect_in(refusal({"init.optimizer=kept", "init.from=x"}),
            {"init.optimizer: kept goes on counting AdamW's updates", "schedule.type: constant"});
  expect_in(refusal({"init.optimizer=kept", "init.from=x", "schedule.type=constant",
                     "schedule.warmup=2 steps"}),
            {"without schedule.warmup"});
  EXPECT_NO_THROW(toy_config(folder.path, {"init.optimizer=kept", "init.from=x",
                                           "optimizer.type=sgd", "optimizer.momentum=0.9"}));
}

}  // namespace
}  // namespace tessera::testing
