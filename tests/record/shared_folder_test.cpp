// A folder that not all ranks share is refused before any work is done.
#include "framework/record/shared_folder.h"

#include <thread>

#include "framework/comm/agreement.h"
#include "framework/comm/threads.h"
#include "tests/train/toy_run.h"

namespace tessera::testing {
namespace {

using namespace std::chrono_literals;

TEST(SharedFolder, OneFolderPassesAndIsLeftAsItWas) {
  TemporaryFolder folder;
  run_threads(3, [&](World& world) { require_shared(world, folder.path, "checkpoint.folder"); });
  EXPECT_TRUE(names_in(folder.path).empty());
}

TEST(SharedFolder, AnotherFolderOrNoneIsRefusedOnAllRanks) {
  TemporaryFolder here, there;
  write_file(there.path / ".shared", "of an earlier run");
  for (const fs::path& other : {there.path, there.path / "nowhere"}) {
    int refused = 0;
    std::mutex mutex;
    run_threads(3, [&](World& world) {
      try {
        require_shared(world, world.rank() == 1 ? other : here.path, "checkpoint.folder", 0ms);
      } catch (const SharedError& error) {
        const std::lock_guard lock(mutex);
        ++refused;
        expect_in(error.what(),
                  {"checkpoint.folder is not one folder for all ranks", "rank 1 on ",
                   other.string(), other == there.path ? "is another folder" : "does not exist",
                   "put checkpoint.folder on a file system that all hosts share"});
      }
    });
    EXPECT_EQ(refused, 3);
    EXPECT_TRUE(names_in(here.path).empty());
  }
}

TEST(SharedFolder, WhatAFileSystemShowsLateIsWaitedFor) {
  TemporaryFolder here, late;
  run_threads(2, [&](World& world) {
    const bool leads = world.rank() == 0;
    // Shows in the other folder, after a while, what rank 0 wrote.
    std::jthread shows([&] {
      std::string word;
      while (leads && word.empty()) word = read_file(here.path / ".shared");
      if (!leads) return;
      std::this_thread::sleep_for(300ms);
      write_file(late.path / ".shared", word);
    });
    require_shared(world, leads ? here.path : late.path, "checkpoint.folder", 60s);
  });
}

TEST(SharedFolder, ARunIsRefusedAtItsStart) {
  TemporaryFolder here, there;
  const auto run = [&](World& world) {
    ToyRun toy(toy_config(world.rank() == 0 ? here.path : there.path));
    toy.options.world = &world;
    toy.learner.before_step = [](int64_t) { ADD_FAILURE() << "a step was made"; };
    toy.run();
  };
  expect_in(user_error_of([&] { run_threads(2, run); }),
            {"not one folder for all ranks", "rank 1 on", "does not exist there"});
}

}  // namespace
}  // namespace tessera::testing
