#include "framework/train/signals.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <iterator>
#include <string_view>

#include "framework/core/error.h"
#include "framework/core/threads.h"

namespace tessera {
namespace {

// A signal handler can reach nothing but what is global.
std::atomic<int> g_stop_signal{0};
std::atomic<bool> g_speaks{true};
static_assert(std::atomic<int>::is_always_lock_free);

/// A thread's stack for signal handlers, from its first use to the end of the thread.
class SignalStack {
 public:
  SignalStack() {
    stack_t own{};
    own.ss_sp = bytes_.data();
    own.ss_size = bytes_.size();
    check(::sigaltstack(&own, &before_) == 0, "a thread got no stack for signals (errno {})",
          errno);
  }
  ~SignalStack() { ::sigaltstack(&before_, nullptr); }
  SignalStack(const SignalStack&) = delete;
  SignalStack& operator=(const SignalStack&) = delete;

 private:
  // A frame holds all registers: 11 KiB where there is AMX.
  std::array<std::byte, 64 << 10> bytes_;
  stack_t before_{};
};

void give_stacks_to_the_pool() {
  parallel_for(thread_count(), 1, [](int64_t, int64_t, int) { thread_local SignalStack stack; });
}

void take_note(int signal) {
  const int before = g_stop_signal.exchange(signal);
  if (before != 0) {
    if (signal != SIGINT) return;
    ::signal(SIGINT, SIG_DFL);
    ::raise(SIGINT);  // delivered when this handler returns
    return;
  }
  if (!g_speaks) return;
  constexpr std::string_view kText =
      "\nstopping after this step, then saving; Ctrl-C once more ends at once\n";
  const int error = errno;
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, kText.data(), kText.size());
  errno = error;
}

}  // namespace

int stop_signal() { return g_stop_signal.load(); }

StopSignals::StopSignals(bool speaks) {
  g_stop_signal = 0;
  g_speaks = speaks;
  give_stacks_to_the_pool();
  struct sigaction action {};
  action.sa_handler = take_note;
  action.sa_flags = SA_RESTART | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < std::size(kSignals); ++i) {
    ::sigaction(kSignals[i], nullptr, &before_[i]);
    const bool ignored = before_[i].sa_handler == SIG_IGN;  // nohup, a shell's background job
    if (!ignored) ::sigaction(kSignals[i], &action, nullptr);
  }
}

StopSignals::~StopSignals() {
  for (size_t i = 0; i < std::size(kSignals); ++i) ::sigaction(kSignals[i], &before_[i], nullptr);
}

}  // namespace tessera
