// A run whose folder is removed, moved or emptied while it writes there: it says so by its next
// checkpoint, makes anew what it knows, and nobody else gets in meanwhile.
#include "framework/checkpoint/checkpoint_folder.h"
#include "framework/record/run_folder.h"
#include "models/model.h"
#include "tests/train/child.h"
#include "tests/train/toy_run.h"

namespace tessera::testing {
namespace {

void remove_contents(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator(folder)) fs::remove_all(entry.path());
}

/// A run of 40 steps to which `damage` is done before update 9, in `folder`/run.
struct DamagedRun {
  TemporaryFolder place;
  fs::path folder = place.path / "run";
  ToyRun toy{toy_config(folder, {"log.tensorboard=true"})};

  explicit DamagedRun(const std::function<void(const fs::path&)>& damage) {
    toy.learner.before_step = [this, damage](int64_t index) {
      if (index == 9) damage(folder);
    };
  }
  void expect_whole_record(const Unbroken& whole) const {
    EXPECT_EQ(curve(folder), whole.curve);
    EXPECT_EQ(load_config(shipped_models().kinds(), (folder / "config.yaml").string()), toy.config);
    bool events = false;
    for (const std::string& name : names_in(folder)) events |= name.starts_with("events.out");
    EXPECT_TRUE(events);
    for (const char* name : {"header.txt", "summary.json", ".lock"})
      EXPECT_TRUE(fs::exists(folder / name)) << name;
    ToyRun again(toy_config(folder, {"log.tensorboard=true"}));
    EXPECT_EQ(again.run().first_step, 40);
  }
};

TEST(RemovedFolder, IsMadeAnewWithAllThatIsKnown) {
  const Unbroken whole;
  const std::vector<std::function<void(const fs::path&)>> damages{
      [](const fs::path& run) { fs::remove_all(run); },
      [](const fs::path& run) { fs::rename(run, run.string() + "-moved"); },
      remove_contents,
      [](const fs::path& run) {
        fs::remove_all(run);
        fs::create_directory(run);
      },
  };
  for (const auto& damage : damages) {
    DamagedRun run(damage);
    EXPECT_EQ(run.toy.run().state.step, 40);
    expect_in(run.toy.shown,
              {"warning: removed, moved or replaced while the run writes to it, and made anew: ",
               "such as earlier checkpoints"});
    const size_t said = run.toy.shown.find("warning: ");
    EXPECT_LT(said, run.toy.shown.find("step 15/40")) << "not by the next checkpoint";
    EXPECT_EQ(run.toy.shown.find("warning: ", said + 1), std::string::npos) << "said twice";
    run.expect_whole_record(whole);
    EXPECT_EQ(list_checkpoints(run.folder / "checkpoints").size(), 3u);
  }
}

TEST(RemovedFolder, SingleFilesAreMadeAnewToo) {
  const Unbroken whole;
  for (const std::string name : {"metrics.jsonl", "config.yaml", "header.txt", ".lock", "events",
                                 "checkpoints", "checkpoints/.checkpoints.lock"}) {
    DamagedRun run([&](const fs::path& folder) {
      for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().filename().string().starts_with(name)) fs::remove_all(entry.path());
      if (name.find('/') != std::string::npos) fs::remove(folder / name);
    });
    EXPECT_EQ(run.toy.run().state.step, 40) << name;
    expect_in(run.toy.shown, {"made anew: ", "run/" + name});
    run.expect_whole_record(whole);
  }
  DamagedRun replaced([](const fs::path& folder) {
    write_file(folder / "copy", read_file(folder / "metrics.jsonl"));
    fs::rename(folder / "copy", folder / "metrics.jsonl");  // as an editor does
  });
  replaced.toy.run();
  replaced.expect_whole_record(whole);
}

TEST(RemovedFolder, WhatIsLostIsSaidAndIsNoSuccess) {
  DamagedRun run([](const fs::path& folder) { fs::resize_file(folder / "metrics.jsonl", 0); });
  expect_in(user_error_of([&] { run.toy.run(); }),
            {"lines of ", "metrics.jsonl are lost: someone cut the file short before step 12",
             "All else is saved as", "step-00000040"});
  expect_in(run.toy.shown, {"warning: lines of "});
  expect_in(read_file(run.folder / "failure.txt"), {"are lost"});
  EXPECT_TRUE(fs::exists(run.folder / "summary.json"));
  EXPECT_EQ(list_checkpoints(run.folder / "checkpoints")[0].step, 40);
}

TEST(RemovedFolder, AFileInItsPlaceEndsTheRun) {
  DamagedRun run([](const fs::path& folder) {
    fs::remove_all(folder);
    write_file(folder, "precious");
  });
  expect_in(user_error_of([&] { run.toy.run(); }), {run.folder.string()});
  EXPECT_EQ(read_file(run.folder), "precious");
}

TEST(RemovedFolder, NobodyElseGetsInMeanwhile) {
  for (const auto& damage : {std::function<void(const fs::path&)>(
                                 [](const fs::path& folder) { fs::remove_all(folder); }),
                             std::function<void(const fs::path&)>(remove_contents)}) {
    DamagedRun run([&](const fs::path& folder) {
      damage(folder);
      EXPECT_TRUE(in_child([&] {
        expect_in(user_error_of([&] { ToyRun(toy_config(folder)).run(); }),
                  {"another process is running in"});
        expect_in(user_error_of([&] {
                    ToyRun(toy_config(folder.string() + "-2",
                                      {"checkpoint.folder=" + (folder / "checkpoints").string()}))
                        .run();
                  }),
                  {"another process is running in"});
      }));
    });
    EXPECT_EQ(run.toy.run().state.step, 40);
    run.expect_whole_record(Unbroken());
  }
}

TEST(RemovedFolder, AFailureIsLeftInItAllTheSame) {
  DamagedRun run([](const fs::path& folder) {
    fs::remove_all(folder);
    throw UserError("the power is out");
  });
  EXPECT_EQ(user_error_of([&] { run.toy.run(); }), "the power is out");
  EXPECT_EQ(read_file(run.folder / "failure.txt"), "the power is out\n");
}

TEST(RemovedFolder, CheckpointsAndASummaryAloneAreARun) {
  const Unbroken whole;
  for (const std::string& name : names_in(whole.folder.path))
    if (name != "checkpoints" && name != "summary.json") fs::remove_all(whole.folder.path / name);
  ToyRun longer(toy_config(whole.folder.path, {"train.steps=42 steps"}));
  EXPECT_EQ(longer.run().first_step, 40);
}

}  // namespace
}  // namespace tessera::testing
