// All ranks of a run go on from the same checkpoint, or none does.
#include "framework/record/checkpoint_choice.h"

#include <mutex>

#include "framework/comm/agreement.h"
#include "framework/comm/threads.h"
#include "framework/record/resume.h"
#include "tests/train/toy_run.h"

namespace tessera::testing {
namespace {

/// What each of three ranks chooses, rank 1 from `second`, and the first line of each one's report.
struct Choices {
  std::vector<std::string> chosen = std::vector<std::string>(3), said = std::vector<std::string>(3);

  Choices(const fs::path& first, const fs::path& second) {
    run_threads(3, [&](World& world) {
      std::vector<std::string> report;
      const auto found = agreed_checkpoint(world.rank() == 1 ? second : first, &world, report);
      const auto rank = static_cast<size_t>(world.rank());
      if (found) chosen[rank] = found->filename().string();
      if (!report.empty()) said[rank] = report[0];
    });
  }
  void expect(const std::string& name, const std::vector<std::string>& parts) const {
    EXPECT_EQ(chosen, std::vector<std::string>(3, name));
    for (const std::string& line : said) expect_in(line, parts);
  }
};

TEST(CheckpointChoice, TheNewestOfAllRanks) {
  TemporaryFolder folder;
  Choices(folder.path, folder.path).expect("", {});
  for (const int64_t step : {3, 6}) save_sample(folder.path, step);
  Choices(folder.path, folder.path).expect("step-00000006", {});
}

TEST(CheckpointChoice, DamageInAnyTensorIsFoundByOneRankAndHeardByAll) {
  const size_t tensors = sample_state(6).size();
  TemporaryFolder whole;
  for (const int64_t step : {3, 6}) save_sample(whole.path, step);
  const fs::path part = whole.path / "step-00000006/part-00000.safetensors";
  const SafetensorsReader reader(part);
  size_t damaged = 0;
  for (const SafetensorsEntry& entry : reader.tensors()) {
    const auto bytes = reader.bytes(entry.name);
    if (bytes.empty()) continue;
    const std::string before = read_file(part);
    const size_t header = before.size() - [&] {
      size_t rest = 0;
      for (const auto& e : reader.tensors()) rest += reader.bytes(e.name).size();
      return rest;
    }();
    size_t at = header;
    for (const auto& e : reader.tensors()) {
      if (e.name == entry.name) break;
      at += reader.bytes(e.name).size();
    }
    write_byte(part, at, static_cast<char>(before[at] ^ 1));
    Choices(whole.path, whole.path)
        .expect("step-00000003", {"step-00000006 cannot be used: rank ", entry.name, "is damaged"});
    write_byte(part, at, before[at]);
    ++damaged;
  }
  EXPECT_EQ(damaged, tensors - 1);  // one is empty
}

TEST(CheckpointChoice, ACheckpointThatOneRankLacksIsPassedOver) {
  TemporaryFolder first, second;
  for (const int64_t step : {3, 6}) save_sample(first.path, step);
  save_sample(second.path, 3);
  Choices(first.path, second.path)
      .expect("step-00000003", {"step-00000006 cannot be used: rank 1 on ", "cannot open"});
}

TEST(CheckpointChoice, AnotherCheckpointOfTheSameNameIsRefusedBeforeItIsLoaded) {
  TemporaryFolder first, second;
  ToyRun(toy_config(first.path)).run();
  ToyRun other(toy_config(second.path));
  other.learner.nonfinite = {2};
  other.run();
  std::mutex mutex;
  int refused = 0;
  run_threads(2, [&](World& world) {
    std::vector<std::string> report;
    try {
      choose_checkpoint(toy_config(world.rank() == 0 ? first.path : second.path), {}, "", 0, &world,
                        report);
    } catch (const SharedError& error) {
      const std::lock_guard lock(mutex);
      ++refused;
      expect_in(error.what(), {"the checkpoints to go on from differ", "rank 1 on"});
    }
  });
  EXPECT_EQ(refused, 2);
}

/// A learner whose loading and saving exchange something, as on a mesh.
struct MeshLearner : ToyLearner {
  World* world = nullptr;
  void load(TensorSource& source) override {
    ToyLearner::load(source);
    agreed_max(world, 0);
  }
  void save(CheckpointWriter& writer) override {
    agreed_max(world, 0);
    if (world->rank() == 0) return ToyLearner::save(writer);
    writer.write({});
  }
};

TEST(CheckpointChoice, RanksTrainAndGoOnTogether) {
  const Unbroken whole;
  TemporaryFolder folder;
  for (const int64_t steps : {20, 40})
    run_threads(2, [&](World& world) {
      const Config config =
          toy_config(folder.path, {"train.steps=" + std::to_string(steps) + " steps"});
      MeshLearner learner;
      learner.world = &world;
      learner.sequences = config.batch.sequences;
      TrainerOptions options;
      options.world = &world;
      ProgressDisplay progress([](std::string_view) {}, false, [] { return 80; });
      const TrainingSummary summary = Trainer(config, learner, progress, options).run();
      EXPECT_EQ(summary.first_step, steps - 20);
      EXPECT_TRUE(steps < 40 || learner.weights == whole.weights);
    });
}

}  // namespace
}  // namespace tessera::testing
