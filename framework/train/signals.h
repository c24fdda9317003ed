// Asking a run to stop: the first SIGINT, SIGTERM, SIGHUP or SIGUSR1 (the one that mpirun hands on
// to its ranks) only sets a flag, which the loop polls after each step and an evaluation between
// its batches. A SIGINT after that ends the process at once, as Ctrl-C always did; further SIGTERMs
// change nothing, since launchers send them in numbers.
// Handlers run on stacks of their own (core/signal_stack.h).
#pragma once

#include <csignal>

namespace tessera {

/// The signal that asked to stop; 0 while none did.
int stop_signal();

/// While an object lives, the signals are taken as the head of this file says; its constructor
/// clears the flag. Only one may live at a time.
class StopSignals {
 public:
  /// With `speaks` the first signal is answered with a line.
  explicit StopSignals(bool speaks = true);
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals();

 private:
  static constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};
  struct sigaction before_[4];
};

}  // namespace tessera
