// What is tidied up when a signal ends the process while something is half done. While an object of
// this class lives, SIGINT (Ctrl-C), SIGTERM, SIGHUP and SIGUSR1 (which mpirun hands on to its ranks)
// do not end the process at once: a thread calls what each living object was given, the latest
// first, and then ends the process by that same signal. A second signal ends it at once. Signals
// that the process ignores (nohup) stay ignored.
#pragma once

#include <functional>

namespace tessera {

class IfInterrupted {
 public:
  /// `tidy` is called while the other threads go on; it may lock, print and remove files.
  explicit IfInterrupted(std::function<void()> tidy);
  /// While a signal is being answered, this never returns: the process is about to end, and the
  /// errors that tidying up causes elsewhere are of no interest.
  ~IfInterrupted();
  IfInterrupted(const IfInterrupted&) = delete;
  IfInterrupted& operator=(const IfInterrupted&) = delete;

  /// Calls `last`, which no signal interrupts; once it is done, `tidy` is not called any more.
  void finish(const std::function<void()>& last);

 private:
  std::function<void()> tidy_;
};

}  // namespace tessera
