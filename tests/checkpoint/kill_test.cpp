// kill -9 at any moment of writing: the latest good checkpoint is the last one that was announced,
// or a newer one.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <random>
#include <thread>

#include "tests/checkpoint/sample.h"

namespace tessera::testing {
namespace {

/// Writes checkpoints until killed, and sends each step through the pipe once it is committed.
/// Every third step is written twice, so that replacing is met as well.
[[noreturn]] void write_forever(const fs::path& folder, int64_t step, int pipe) {
  for (;; ++step) {
    const int times = step % 3 == 0 ? 2 : 1;
    for (int i = 0; i < times; ++i) save_sample(folder, step, 2);
    if (::write(pipe, &step, sizeof step) != sizeof step) ::_exit(1);
  }
}

TEST(Checkpoint, SurvivesKillAtAnyMoment) {
  TemporaryFolder folder(fs::temp_directory_path());  // a disk, whose syncs take their time
  std::mt19937 random(20240229);
  int64_t announced = 0;
  int unfinished = 0;
  for (int kill = 0; kill < 30; ++kill) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) write_forever(folder.path, announced + 1, ends[1]);
    ::close(ends[1]);
    std::this_thread::sleep_for(
        std::chrono::microseconds(std::uniform_int_distribution<int>(0, 80'000)(random)));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself";
    for (int64_t step = 0; ::read(ends[0], &step, sizeof step) == sizeof step;) announced = step;
    ::close(ends[0]);

    for (const std::string& name : names_in(folder.path))
      unfinished += name.find('.') < name.size();
    std::vector<std::string> report;
    const auto latest = latest_good_checkpoint(folder.path, report);
    EXPECT_TRUE(report.empty()) << report[0];  // what has a final name is whole
    ASSERT_TRUE(latest || announced == 0) << announced << " was announced and is lost";
    if (!latest) continue;
    const int64_t step = CheckpointReader(*latest).step();
    ASSERT_TRUE(step == announced || step == announced + 1) << step << " after " << announced;
    expect_sample(*latest, step);
  }
  EXPECT_GT(announced, 0);
  EXPECT_GT(unfinished, 0) << "no kill came while a checkpoint was being written";
}

}  // namespace
}  // namespace tessera::testing
