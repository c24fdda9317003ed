// Updates whose loss or gradient is not finite: shown raw, skipped, and the end of the run when
// they do not stop.
#include "framework/checkpoint/checkpoint_folder.h"
#include "models/model.h"
#include "tests/train/child.h"
#include "tests/train/toy_run.h"

namespace tessera::testing {
namespace {

TEST(Nonfinite, IsSkippedShownAndCounted) {
  TemporaryFolder folder;
  ToyRun toy(toy_config(folder.path));
  toy.learner.nonfinite = {6, 7, 20};
  const TrainingSummary summary = toy.run();
  EXPECT_EQ(summary.state.skipped, 3);
  EXPECT_EQ(summary.state.step, 40);
  expect_in(toy.shown, {"step 7/40  loss nan  grad inf: not finite, skipped (1 in a row",
                        "step 8/40  loss nan  grad inf: not finite, skipped (2 in a row",
                        "step 21/40  loss nan", "3 skipped"});
  const std::string lines = curve(folder.path);
  expect_in(lines, {R"({"step":7,"loss":"nan","grad_norm":"inf")", R"("skipped":3)"});
}

TEST(Nonfinite, StopsAfterTooManyInARow) {
  TemporaryFolder folder;
  const Config config = toy_config(folder.path, {"train.stop_after_nonfinite=3"});
  ToyRun toy(config);
  toy.learner.nonfinite = {2, 3, 10, 11, 12};
  const std::string message = user_error_of([&] { toy.run(); });
  expect_in(message, {"3 steps in a row, up to step 13", "Which samples they read is in",
                      "nonfinite-step-13.json", "optimizer.lr", "step-00000008"});
  EXPECT_EQ(message.find("documents"), std::string::npos);
  const auto json = nlohmann::json::parse(read_file(folder.path / "nonfinite-step-13.json"));
  ASSERT_EQ(json.at("steps").size(), 3u);
  EXPECT_EQ(json["steps"][0]["step"], 11);
  EXPECT_EQ(json["steps"][0]["loss"], "nan");
  ASSERT_EQ(json["steps"][2]["batch"].size(), 8u);
  EXPECT_EQ(json["steps"][2]["batch"][1], "document 679");  // sample 12 · 8 + 1
  EXPECT_EQ(
      parse_config(shipped_models().kinds(), json.at("config").get<std::string>(), "toy.yaml"),
      config);
  expect_in(read_file(folder.path / "failure.txt"), {message});

  // The checkpoint that was due in step 12 was put off.
  const auto found = list_checkpoints(config.checkpoint.folder);
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0].step, 8);

  // The run fails again when it goes on from the checkpoint; then the fault is mended.
  ToyRun again(config);
  again.learner.nonfinite = toy.learner.nonfinite;
  EXPECT_EQ(user_error_of([&] { again.run(); }), message);
  ToyRun mended(config);
  mended.learner.nonfinite = {2, 3};
  EXPECT_EQ(mended.run().state.step, 40);
  EXPECT_FALSE(fs::exists(folder.path / "failure.txt"));
}

TEST(Nonfinite, IsSaidOfTheScreenToo) {
  TemporaryFolder folder;
  struct Negative : ToyLearner {
    StepResult update(int64_t first_sample) override {
      StepResult result = ToyLearner::update(first_sample);
      if (!result.applied) result.loss = -result.loss;
      return result;
    }
  } learner;
  learner.nonfinite = {3};
  const Config config = toy_config(folder.path);
  std::string shown;
  ProgressDisplay progress([&](std::string_view text) { shown += text; }, false, [] { return 80; });
  Trainer(config, learner, progress, {}).run();
  expect_in(shown, {"step 4/40  loss nan  grad inf"});
}

TEST(Nonfinite, IsNotHiddenByAFullLogDisk) {
  TemporaryFolder folder, checkpoints;
  const bool ran = in_child([&] {
    mount_small_tmpfs(folder.path);
    const auto message = [&](const std::string& limit) {
      ToyRun toy(toy_config(folder.path / limit,
                            {"checkpoint.folder=" + (checkpoints.path / limit).string(),
                             "train.stop_after_nonfinite=" + limit}));
      toy.learner.nonfinite = {9, 10, 11};
      toy.learner.before_step = [&](int64_t index) {
        if (index != 9) return;
        fill_disk(folder.path);
        std::ofstream rest(folder.path / limit / "metrics.jsonl", std::ios::app);
        rest << std::string(1 << 16, '\n') << std::flush;  // the last page of the file, too
      };
      const std::string text = user_error_of([&] { toy.run(); });
      fs::remove(folder.path / "filler");
      return text;
    };
    expect_in(message("1"), {"not finite in 1 steps in a row, up to step 10",
                             "They read the samples 72 to 79", "No space left on device"});
    expect_in(message("3"),
              {"No space left on device", "Step 10 is saved as",
               "The last 1 updates were skipped, since loss or gradient were not finite"});
  });
  if (!ran) GTEST_SKIP() << "cannot mount a tmpfs here";
}

TEST(Nonfinite, CountGoesOnAfterAStop) {
  TemporaryFolder folder;
  const Config config = toy_config(folder.path, {"train.stop_after_nonfinite=3"});
  ToyRun first(config);
  first.learner.nonfinite = {9, 10, 11};
  first.learner.before_step = [](int64_t index) {
    if (index == 10) ::raise(SIGTERM);
  };
  EXPECT_EQ(first.run().state.skipped_in_a_row, 2);
  const auto found = list_checkpoints(config.checkpoint.folder);
  EXPECT_EQ(found[0].step, 11);
  ToyRun second(config);
  second.learner.nonfinite = first.learner.nonfinite;
  expect_in(user_error_of([&] { second.run(); }), {"3 steps in a row, up to step 12"});
}

TEST(Nonfinite, SavesNothingInPlaceOfAGoodCheckpoint) {
  TemporaryFolder folder;
  ToyRun toy(toy_config(folder.path, {"checkpoint.keep=1", "checkpoint.every=1 steps"}));
  toy.learner.nonfinite = {38, 39};
  toy.run();
  const auto found = list_checkpoints(toy.config.checkpoint.folder);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].step, 40);
  EXPECT_EQ(found[1].step, 38);
}

TEST(Nonfinite, AnEndAmidSkippedUpdatesIsNoQuietOne) {
  TemporaryFolder folder;
  const Config config = toy_config(folder.path, {"train.stop_after_nonfinite=1000"});
  ToyRun toy(config);
  toy.learner.nonfinite = {3, 37, 38, 39};
  toy.run();
  expect_in(toy.shown, {"done: 40 steps", "4 skipped",
                        "warning: the last 3 updates were skipped, since loss or gradient were not "
                        "finite; the weights are those of step 37. Try a lower optimizer.lr"});
  const auto json = nlohmann::json::parse(read_file(folder.path / "summary.json"));
  EXPECT_EQ(json.at("skipped_in_a_row"), 3);
  ToyRun again(config);
  again.run();
  expect_in(again.shown, {"nothing to do", "warning: the last 3 updates were skipped"});

  TemporaryFolder other;
  ToyRun recovered(toy_config(other.path));
  recovered.learner.nonfinite = {37, 38};
  recovered.run();
  EXPECT_EQ(recovered.shown.find("warning"), std::string::npos);
}

}  // namespace
}  // namespace tessera::testing
