// The control channel: a connection of every rank to rank 0, beside MPI, served by a thread that never calls MPI. A rank
// that is stuck in a collective cannot say so through it. Carries beats, warnings, failures and the news that the run is
// over; what they mean, Watch decides.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "framework/comm/control_listener.h"
#include "framework/comm/watch.h"

namespace tessera {

class Control {
 public:
  struct Options {
    int rank = 0;
    std::vector<std::string> hosts;
    WatchLimits limits;
    /// What this rank's beats say. Called by the control thread, as the others.
    std::function<Beat()> beat;
    /// The run is over, and why; once at most.
    std::function<void(const std::string&)> over;
    /// Prints a warning: on rank 0 those of all ranks, on another one its own where rank 0 cannot be reached any more.
    std::function<void(const std::string&)> warn;
  };

  /// Rank 0.
  Control(Options options, std::unique_ptr<ControlListener> listener);
  /// The others; UserError when rank 0 cannot be reached.
  Control(Options options, const ControlAddress& address);
  /// Leaves in order unless the run is over.
  ~Control();
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  void group(uint64_t number, std::span<const int64_t> ranks);
  /// Has a warning of this rank printed: by rank 0, within a second or two, folded with the same of others.
  void warn(std::string_view text);
  /// This rank has failed; returns when the others are told, or after a while.
  void fail(std::string_view reason);
  /// Of a run that is over: whether rank 0 is known to know why. Waits a while for its word.
  bool told_by_leader() const;

 private:
  class Channel;
  std::unique_ptr<Channel> channel_;
};

}  // namespace tessera
