// The control channel: a connection of every rank to rank 0, beside MPI, because a rank that is
// stuck in a collective cannot say so through MPI. A thread that never calls MPI serves the
// channel. It carries beats, warnings, failures and the news that the run is over; Watch decides
// what they mean.
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
    /// Returns what this rank's beats say. The control thread calls this function and the two
    /// below.
    std::function<Beat()> beat;
    /// Called once at most, when the run is over, with the reason.
    std::function<void(const std::string&)> over;
    /// Prints a warning: rank 0 prints those of all ranks, and another rank prints its own when
    /// rank 0 cannot be reached any more.
    std::function<void(const std::string&)> warn;
  };

  /// Makes rank 0's end of the channel.
  Control(Options options, std::unique_ptr<ControlListener> listener);
  /// Makes another rank's end; throws UserError when rank 0 cannot be reached.
  Control(Options options, const ControlAddress& address);
  /// Says goodbye. Rank 0 waits up to two seconds for the others to leave; after a failure, the
  /// others wait as long for rank 0.
  ~Control();
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  void group(uint64_t number, std::span<const int64_t> ranks);
  /// Has rank 0 print a warning of this rank within a second or two, in one line with equal
  /// warnings of other ranks.
  void warn(std::string_view text);
  /// Reports that this rank has failed; returns when the run is over here, the others having been
  /// told, or after two seconds.
  void fail(std::string_view reason);
  /// Whether rank 0, in a run that is over, is known to know the cause; waits up to two seconds for
  /// rank 0 to say so.
  bool told_by_leader() const;

 private:
  class Channel;
  std::unique_ptr<Channel> channel_;
};

}  // namespace tessera
