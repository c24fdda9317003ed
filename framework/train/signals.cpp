#include "framework/train/signals.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <string_view>

namespace tessera {
namespace {

// A signal handler can reach nothing but what is global.
std::atomic<int> g_stop_signal{0};
static_assert(std::atomic<int>::is_always_lock_free);

void take_note(int signal) {
  const int before = g_stop_signal.exchange(signal);
  if (before != 0) {
    if (signal != SIGINT) return;
    ::signal(SIGINT, SIG_DFL);
    ::raise(SIGINT);  // delivered when this handler returns
    return;
  }
  constexpr std::string_view kText =
      "\nstopping after this step, then saving; Ctrl-C once more ends at once\n";
  const int error = errno;
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, kText.data(), kText.size());
  errno = error;
}

}  // namespace

int stop_signal() { return g_stop_signal.load(); }

StopSignals::StopSignals() {
  g_stop_signal = 0;
  struct sigaction action {};
  action.sa_handler = take_note;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < 3; ++i) {
    ::sigaction(kSignals[i], nullptr, &before_[i]);
    const bool ignored = before_[i].sa_handler == SIG_IGN;  // nohup, a shell's background job
    if (!ignored) ::sigaction(kSignals[i], &action, nullptr);
  }
}

StopSignals::~StopSignals() {
  for (int i = 0; i < 3; ++i) ::sigaction(kSignals[i], &before_[i], nullptr);
}

}  // namespace tessera
