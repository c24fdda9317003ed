#include "framework/train/signals.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <iterator>
#include <string_view>

#include "framework/core/signal_stack.h"

namespace tessera {
namespace {

// A signal handler can reach nothing but what is global.
std::atomic<int> g_stop_signal{0};
std::atomic<bool> g_speaks{true};
static_assert(std::atomic<int>::is_always_lock_free);

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
  give_pool_signal_stacks();
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
