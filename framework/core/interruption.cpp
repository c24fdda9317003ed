#include "framework/core/interruption.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <exception>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "framework/core/descriptor.h"
#include "framework/core/error.h"
#include "framework/core/signal_stack.h"

namespace tessera {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};

// A signal handler can reach nothing but what is global.
std::atomic<int> g_signal{0}, g_waker{-1};
static_assert(std::atomic<int>::is_always_lock_free);

void wake(int waker) {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(waker, &one, sizeof one);
}

void end_by(int signal) {
  ::signal(signal, SIG_DFL);
  ::raise(signal);  // in a handler: delivered when the handler returns
}

void take_note(int signal) {
  const int error = errno;
  int none = 0;
  if (g_signal.compare_exchange_strong(none, signal))
    wake(g_waker.load());
  else
    end_by(signal);
  errno = error;
}

/// The handlers and the thread that answers; both exist while something is watched.
class Watch {
 public:
  void add(const std::function<void()>& tidy) {
    const std::lock_guard starting(starting_);
    const std::lock_guard lock(answering_);
    tidies_.push_back(&tidy);
    if (tidies_.size() == 1) begin();
  }

  void remove(const std::function<void()>& tidy, const std::function<void()>& last = {}) {
    const std::lock_guard starting(starting_);
    {
      const std::lock_guard lock(answering_);  // for ever, while a signal is being answered
      const auto found = std::ranges::find(tidies_, &tidy);
      if (found == tidies_.end()) return;
      if (last) last();
      tidies_.erase(found);
      if (!tidies_.empty()) return;
    }
    end();
  }

 private:
  void begin() {
    waker_ = Descriptor(::eventfd(0, EFD_CLOEXEC));  // anew: a child of fork() shares the old one
    require(waker_.open(), "no event can be waited for (errno {})", errno);
    g_waker = waker_.number();
    give_pool_signal_stacks();
    thread_ = std::thread([this] { answer(); });
    struct sigaction action {};
    action.sa_handler = take_note;
    action.sa_flags = SA_RESTART | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < std::size(kSignals); ++i) {
      ::sigaction(kSignals[i], nullptr, &before_[i]);
      if (before_[i].sa_handler != SIG_IGN) ::sigaction(kSignals[i], &action, nullptr);
    }
  }

  void end() {
    for (size_t i = 0; i < std::size(kSignals); ++i) ::sigaction(kSignals[i], &before_[i], nullptr);
    wake(waker_.number());
    thread_.join();
    if (const int late = g_signal.load(); late != 0) end_by(late);
  }

  void answer() {
    uint64_t events = 0;
    while (::read(waker_.number(), &events, sizeof events) < 0 && errno == EINTR) {
    }
    const int signal = g_signal.load();
    if (signal == 0) return;
    answering_.lock();
    for (size_t i = tidies_.size(); i-- > 0;) {
      try {
        (*tidies_[i])();
      } catch (const std::exception&) {
        // What cannot be tidied up stays; the process ends all the same.
      }
    }
    end_by(signal);
  }

  std::mutex starting_, answering_;
  std::vector<const std::function<void()>*> tidies_;
  Descriptor waker_;
  std::thread thread_;
  struct sigaction before_[std::size(kSignals)];
};

Watch& watch() {
  static Watch* const only = new Watch;  // for ever, since exit() may come while it answers
  return *only;
}

}  // namespace

IfInterrupted::IfInterrupted(std::function<void()> tidy) : tidy_(std::move(tidy)) {
  watch().add(tidy_);
}

IfInterrupted::~IfInterrupted() { watch().remove(tidy_); }

void IfInterrupted::finish(const std::function<void()>& last) { watch().remove(tidy_, last); }

}  // namespace tessera
