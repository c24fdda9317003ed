#include "framework/core/signal_stack.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>

#include "framework/core/error.h"
#include "framework/core/threads.h"

namespace tessera {
namespace {

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

}  // namespace

void give_pool_signal_stacks() {
  parallel_for(thread_count(), 1, [](int64_t, int64_t, int) { thread_local SignalStack stack; });
}

}  // namespace tessera
