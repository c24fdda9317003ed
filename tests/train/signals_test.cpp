// Signals arrive while kernels compute, on threads whose stack register may point anywhere: every
// thread of the pool has a stack for handlers, and the handlers ask for it.
#include "framework/train/signals.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>

#include "framework/core/threads.h"

namespace tessera {
namespace {

TEST(StopSignals, HandlersHaveAStackOnEveryThread) {
  const int threads = thread_count();
  set_thread_count(3);
  {
    const StopSignals signals;
    for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1}) {
      struct sigaction action {};
      ASSERT_EQ(::sigaction(signal, nullptr, &action), 0);
      EXPECT_TRUE(action.sa_handler == SIG_IGN || (action.sa_flags & SA_ONSTACK) != 0) << signal;
    }
    std::atomic<int> with{0};
    parallel_for(3, 1, [&](int64_t, int64_t, int) {
      stack_t now{};
      if (::sigaltstack(nullptr, &now) == 0 && (now.ss_flags & SS_DISABLE) == 0 &&
          now.ss_size >= static_cast<size_t>(::sysconf(_SC_SIGSTKSZ)))
        ++with;
    });
    EXPECT_EQ(with, 3);
  }
  set_thread_count(threads);
}

TEST(StopSignals, TheFirstIsNotedAndTheSecondInterruptEnds) {
  const pid_t child = ::fork();
  if (child == 0) {
    const StopSignals signals;
    ::raise(SIGTERM);
    if (stop_signal() != SIGTERM) ::_exit(1);
    ::raise(SIGTERM);  // launchers send them in numbers
    ::raise(SIGINT);
    ::_exit(2);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT) << status;
}

}  // namespace
}  // namespace tessera
