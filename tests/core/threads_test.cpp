#include "framework/core/threads.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <limits>
#include <tuple>
#include <vector>

namespace tessera {
namespace {

class Threads : public testing::Test {
 protected:
  void TearDown() override { set_thread_count(before_); }
  const int before_ = thread_count();
};

TEST_F(Threads, EveryIndexIsVisitedOnce) {
  for (const int threads : {1, 2, 3, 7}) {
    set_thread_count(threads);
    for (const int64_t n : {0, 1, 2, 5, 64, 1000})
      for (const int64_t grain : {1, 3, 64, 5000}) {
        std::vector<std::atomic<int>> visits(static_cast<size_t>(n));
        std::atomic<int> pieces{0};
        parallel_for(n, grain, [&](int64_t begin, int64_t end, int thread) {
          EXPECT_LT(thread, threads);
          ++pieces;
          for (int64_t i = begin; i < end; ++i) ++visits[static_cast<size_t>(i)];
        });
        for (const auto& count : visits) ASSERT_EQ(count, 1);
        EXPECT_LE(pieces, std::min<int64_t>(threads, (n + grain - 1) / grain));
      }
  }
}

TEST_F(Threads, RangesDependOnNumbersAlone) {
  set_thread_count(3);
  const auto ranges = [] {
    std::vector<std::tuple<int64_t, int64_t>> out(3);
    parallel_for(100, 1, [&](int64_t begin, int64_t end, int thread) {
      out[static_cast<size_t>(thread)] = {begin, end};
    });
    return out;
  };
  const auto first = ranges();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(ranges(), first);
}

TEST_F(Threads, DenormalsAreFlushedInEveryThread) {
  set_thread_count(2);
  flush_denormals();
  std::vector<float> halves(2);
  volatile float smallest = std::numeric_limits<float>::min();
  parallel_for(2, 1, [&](int64_t begin, int64_t, int) {
    halves[static_cast<size_t>(begin)] = smallest / 2;
  });
  EXPECT_EQ(halves, (std::vector<float>{0, 0}));
}

TEST_F(Threads, ThereIsAtLeastOne) {
  EXPECT_GE(available_cores(), 1);
  set_thread_count(0);
  EXPECT_EQ(thread_count(), 1);
}

/// A child has the thread that forked and no other: it works alone and does not wait for threads
/// that are not there.
TEST_F(Threads, AChildOfForkWorksAlone) {
  set_thread_count(3);
  parallel_for(3, 1, [](int64_t, int64_t, int) {});
  const pid_t child = ::fork();
  if (child == 0) {
    std::atomic<int64_t> sum{0};
    parallel_for(100, 1, [&](int64_t begin, int64_t end, int) { sum += end - begin; });
    ::_exit(sum == 100 && thread_count() == 1 ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_EQ(thread_count(), 3);
}

}  // namespace
}  // namespace tessera
