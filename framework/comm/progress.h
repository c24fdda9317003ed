// What the program's threads and the thread that exchanges share: collectives on their way, and the
// news that they are done or that the run is over.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "framework/comm/beat.h"
#include "framework/comm/busy_time.h"
#include "framework/comm/communicator.h"

namespace tessera {

/// The state of a world: whether the world has failed, and the condition on which waits sleep.
struct Progress {
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<std::string> failure;  // the first failure
  bool stopped = false;                // whether exchanging has ended, so that no buffer is touched
  BusyTime busy;                       // the time in which any collective is under way
  double blocked = 0;                  // seconds in waits that are over

  std::function<void()> stuck;

  /// Notes the reason unless there is one already, and ends all waits.
  void fail(std::string_view reason);
  /// Throws WorldAborted after a failure; the caller holds the mutex.
  void require_working() const;
  /// Returns when `stopped` is set. After a second the thread that exchanges counts as stuck: calls
  /// `stuck`, which ends the process; where `stuck` is empty or returns, waits on.
  void wait_until_stopped(std::unique_lock<std::mutex>& lock);
};

/// The collectives of one group that were started and not yet waited for. They end in the order in
/// which they started.
class Tickets {
 public:
  explicit Tickets(Progress& progress) : progress_(progress) {}

  /// Notes a collective as started; the caller holds the mutex of the progress.
  Communicator::Ticket start(std::string title);
  /// Notes `count` more collectives as done; the caller holds the mutex.
  void finish(int count);
  void wait(Communicator::Ticket ticket);

  /// Adds what these tickets tell to this rank's beat, under the number of their group; the caller
  /// holds the mutex.
  void report(uint64_t group, Beat& beat) const;

 private:
  using Clock = std::chrono::steady_clock;

  Progress& progress_;
  Communicator::Ticket started_ = 0, finished_ = 0;
  std::map<Communicator::Ticket, std::string> open_;  // titles
  Communicator::Ticket waited_for_ = 0;               // right now; 0: no ticket
  Clock::time_point waiting_since_;
};

}  // namespace tessera
