// Folders that cannot be written, disks that are full: said before or when it happens, and nothing
// good is lost.
#include "framework/record/run_folder.h"

#include <thread>
#include <vector>

#include "framework/checkpoint/checkpoint_folder.h"
#include "tests/train/child.h"
#include "tests/train/toy_run.h"

namespace tessera::testing {
namespace {

TEST(RunFolder, UnwritableIsSaidBeforeTheFirstStep) {
  TemporaryFolder folder;
  fs::permissions(folder.path, fs::perms(0755));
  fs::create_directories(folder.path / "read" / "checkpoints");
  fs::create_directory(folder.path / "write");
  fs::permissions(folder.path / "write", fs::perms(0777));
  fs::permissions(folder.path / "read", fs::perms(0555));
  fs::permissions(folder.path / "read" / "checkpoints", fs::perms(0555));
  in_child([&] {
    if (::geteuid() == 0 && ::seteuid(65534) != 0) ADD_FAILURE() << "seteuid";  // root may write
    const auto message = [&](const fs::path& log, const fs::path& checkpoints) {
      return user_error_of([&] {
        RunFolder(toy_config(
            "unused", {"log.folder=" + log.string(), "checkpoint.folder=" + checkpoints.string()}));
      });
    };
    expect_in(message(folder.path / "read" / "new", folder.path / "write"),
              {"cannot create the folder", "read/new", "Permission denied", "another log.folder"});
    expect_in(message(folder.path / "read", folder.path / "write"),
              {"cannot write in the folder", "read: Permission denied", "another log.folder"});
    expect_in(message(folder.path / "write", folder.path / "read" / "checkpoints"),
              {"cannot write in the folder", "Permission denied", "another checkpoint.folder"});
  });
  fs::permissions(folder.path / "read", fs::perms(0755));
  fs::permissions(folder.path / "read" / "checkpoints", fs::perms(0755));
}

TEST(RunFolder, FileInPlaceOfAFolder) {
  TemporaryFolder folder;
  write_file(folder.path / "file", "precious");
  expect_in(user_error_of([&] { RunFolder(toy_config(folder.path / "file")); }),
            {"cannot create the folder", "another log.folder"});
  EXPECT_EQ(read_file(folder.path / "file"), "precious");
}

TEST(RunFolder, IsHeldByOneProcess) {
  TemporaryFolder folder;
  const Config config = toy_config(folder.path);
  {
    const RunFolder held(config);
    expect_in(user_error_of([&] { RunFolder second(config); }),
              {"another process is running in", "another log.folder"});
  }
  const RunFolder again(config);
}

TEST(RunFolder, HoldsTheFolderOfItsCheckpointsToo) {
  TemporaryFolder folder;
  const auto config_of = [&](const std::string& log) {
    return toy_config(folder.path / log,
                      {"checkpoint.folder=" + (folder.path / "checkpoints").string()});
  };
  {
    const RunFolder held(config_of("n1"));
    expect_in(user_error_of([&] { RunFolder second(config_of("n2")); }),
              {"another process is running in",
               "/checkpoints; wait for it, or choose another "
               "checkpoint.folder"});
  }
  const RunFolder again(config_of("n2"));
}

TEST(RunFolder, OneFolderForBoth) {
  TemporaryFolder folder;
  const Config config = toy_config(folder.path, {"checkpoint.folder=" + folder.path.string()});
  { const RunFolder first(config); }
  const RunFolder second(config);
}

TEST(RunFolder, FilesThatNoRunWroteAreLeftAlone) {
  for (const std::string name :
       {"config.yaml", "header.txt", "metrics.jsonl", "summary.json", "failure.txt"}) {
    TemporaryFolder folder;
    const Config config = toy_config(folder.path);
    write_file(folder.path / name, "precious");
    for (int attempt = 0; attempt < 2; ++attempt) {
      ToyRun toy(config);
      expect_in(user_error_of([&] { toy.run(); }),
                {folder.path.string() + " holds " + name + ", not written by a run",
                 "another log.folder"});
      EXPECT_EQ(names_in(folder.path), std::vector<std::string>{name});
      EXPECT_EQ(read_file(folder.path / name), "precious");
    }
    fs::remove(folder.path / name);
    EXPECT_EQ(ToyRun(config).run().state.step, 40);
    EXPECT_EQ(ToyRun(config).run().first_step, 40);  // its own files are no hindrance
  }
}

TEST(RunFolder, TakenNamesOfCheckpointsAreSaidBeforeTheFirstStep) {
  TemporaryFolder folder;
  const Config config = toy_config(folder.path);
  const fs::path place = folder.path / "checkpoints" / "step-00000012";
  fs::create_directory(place.parent_path());
  const auto message = [&] {
    const std::string text = user_error_of([&] { RunFolder run(config); });
    fs::remove(place);
    return text;
  };
  write_file(place, "precious");
  expect_in(message(), {"the name " + place.string() + " is taken by a file; rename or remove it"});
  fs::create_symlink("nowhere", place);
  expect_in(message(), {" is taken by a symbolic link to nowhere, which is no folder"});
  fs::create_symlink("step-00000012", place);  // to itself
  expect_in(message(), {" is taken by a symbolic link to step-00000012"});
  fs::create_directory(folder.path / "elsewhere");
  fs::create_directory_symlink(folder.path / "elsewhere", place);
  const RunFolder run(config);
}

TEST(RunFolder, FullDiskWhileSavingKeepsTheLastCheckpoint) {
  const Unbroken whole;
  TemporaryFolder folder;
  const bool ran = in_child([&] {
    mount_small_tmpfs(folder.path);
    ToyRun toy(toy_config(folder.path / "run"));
    toy.learner.before_step = [&](int64_t index) {
      if (index == 11) fill_disk(folder.path);
    };
    expect_in(user_error_of([&] { toy.run(); }),
              {"step-00000012 was not written: the disk is too full",
               "0 are free: make room and give the same command"});
    std::vector<std::string> report;
    EXPECT_EQ(latest_good_checkpoint(toy.config.checkpoint.folder, report)->filename(),
              "step-00000008");
    EXPECT_TRUE(report.empty());

    fs::remove(folder.path / "filler");
    ToyRun again(toy_config(folder.path / "run"));
    EXPECT_EQ(again.run().first_step, 8);
    EXPECT_EQ(curve(folder.path / "run"), whole.curve);
    EXPECT_EQ(again.learner.weights, whole.weights);
  });
  if (!ran) GTEST_SKIP() << "cannot mount a tmpfs here";
}

TEST(RunFolder, FullDiskWhileWritingMetricsCostsNoStep) {
  const Unbroken whole;
  TemporaryFolder folder, checkpoints;  // the disk of the checkpoints has room
  const bool ran = in_child([&] {
    mount_small_tmpfs(folder.path);
    const Config config =
        toy_config(folder.path / "run", {"checkpoint.folder=" + checkpoints.path.string()});
    ToyRun toy(config);
    bool full = false;
    toy.learner.before_step = [&](int64_t index) {
      if (index < 9) return;
      full = true;
      fill_disk(folder.path);
      std::ofstream rest(folder.path / "run" / "metrics.jsonl", std::ios::app);
      rest << std::string(1 << 16, '\n') << std::flush;  // the last page of the file, too
    };
    expect_in(user_error_of([&] { toy.run(); }),
              {"metrics.jsonl: No space left on device; make room and give the same command. Step "
               "10 is saved as",
               "step-00000010"});
    EXPECT_TRUE(full);
    ToyRun early(config);
    expect_in(user_error_of([&] { early.run(); }), {"No space left on device"});
    fs::remove(folder.path / "filler");
    ToyRun again(config);
    again.learner.before_step = [&](int64_t index) {
      if (index == 11) throw UserError("a crash, before what was restored is saved");
    };
    EXPECT_EQ(user_error_of([&] { again.run(); }), "a crash, before what was restored is saved");
    ToyRun last(config);
    EXPECT_EQ(last.run().first_step, 10);
    EXPECT_EQ(curve(folder.path / "run"), whole.curve);
    EXPECT_EQ(last.learner.weights, whole.weights);
  });
  if (!ran) GTEST_SKIP() << "cannot mount a tmpfs here";
}

TEST(RunFolder, AFullDiskAtTheStartIsSaid) {
  TemporaryFolder folder;
  const bool ran = in_child([&] {
    mount_small_tmpfs(folder.path);
    fill_disk(folder.path);
    ToyRun toy(toy_config(folder.path / "run"));
    expect_in(user_error_of([&] { toy.run(); }), {"No space left on device"});
  });
  if (!ran) GTEST_SKIP() << "cannot mount a tmpfs here";
}

TEST(RunFolder, AFailureBeforeTheRunHasItsFolderIsLeftThere) {
  TemporaryFolder place;
  const fs::path run = place.path / "run";
  RunFolder::save_failure(run, "no data");
  EXPECT_EQ(read_file(run / "failure.txt"), "no data\n");
  Config config;
  config.log.folder = run.string();
  config.checkpoint.folder = (run / "checkpoints").string();
  write_file(run / "failure.txt.123.tmp", "a rank was kill");
  const RunFolder next(config);  // takes the folder for a run's
  EXPECT_FALSE(fs::exists(run / "failure.txt.123.tmp"));
  EXPECT_FALSE(fs::exists(run / "failure.txt"));
  in_child([&] { RunFolder::save_failure(run, "a second run"); });
  EXPECT_FALSE(fs::exists(run / "failure.txt")) << "another holds it";
  RunFolder::save_failure(run, "told by another thread");
  EXPECT_EQ(read_file(run / "failure.txt"), "told by another thread\n");
}

TEST(RunFolder, OneOfSeveralCausesThatAreLeftAtOnceIsKeptWhole) {
  TemporaryFolder place;
  Config config;
  config.log.folder = place.path.string();
  config.checkpoint.folder = (place.path / "checkpoints").string();
  const RunFolder run(config);
  for (int round = 0; round < 20; ++round) {
    fs::remove(place.path / "failure.txt");
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] { RunFolder::save_failure(place.path, "the cause"); });
    for (std::thread& thread : threads) thread.join();
    ASSERT_EQ(read_file(place.path / "failure.txt"), "the cause\n") << "round " << round;
  }
}

TEST(RunFolder, AFailureIsNotLeftInAUsersFolder) {
  TemporaryFolder place;
  write_file(place.path / "failure.txt", "mine");
  RunFolder::save_failure(place.path, "cause");
  EXPECT_EQ(read_file(place.path / "failure.txt"), "mine");
}

TEST(RunFolder, OfSeveralRanksOneLeavesTheFailure) {
  TemporaryFolder place;
  write_file(place.path / ".lock", "");
  write_file(place.path / "failure.txt", "of an earlier run\n");
  const auto begin = fs::last_write_time(place.path / "failure.txt") + std::chrono::seconds(1);
  fs::last_write_time(place.path / "failure.txt", begin - std::chrono::hours(1));
  EXPECT_TRUE(
      RunFolder::save_failure_once(place.path, "rank 0 died", begin - std::chrono::seconds(2)));
  EXPECT_FALSE(
      RunFolder::save_failure_once(place.path, "the same", begin - std::chrono::seconds(2)));
  EXPECT_EQ(read_file(place.path / "failure.txt"), "rank 0 died\n");
}

}  // namespace
}  // namespace tessera::testing
