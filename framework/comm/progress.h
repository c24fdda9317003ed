// What the program's threads and the thread that exchanges have in common: collectives on their way, and the news that
// they are done or that all is over.
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

/// The state of a world: whether it failed, and the condition that waits sleep on.
struct Progress {
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<std::string> failure;  // the first one
  bool stopped = false;                // nothing is exchanged any more: no buffer is touched
  BusyTime busy;                       // with any ticket
  double blocked = 0;                  // seconds in waits that are over

  std::function<void()> stuck;

  /// Ends all waits.
  void fail(std::string_view reason);
  /// With the mutex held.
  void require_working() const;
  /// Returns when all has stopped. Where that takes long, the thread that exchanges is stuck: calls `stuck`, which ends
  /// the process.
  void wait_until_stopped(std::unique_lock<std::mutex>& lock);
};

/// The collectives of one group that were started and not waited for. They end in the order in which they started.
class Tickets {
 public:
  explicit Tickets(Progress& progress) : progress_(progress) {}

  /// With the mutex of the progress held.
  Communicator::Ticket start(std::string title);
  /// So many more are done; with the mutex held.
  void finish(int count);
  void wait(Communicator::Ticket ticket);

  /// Adds what is known here to this rank's beat, for the group of that number; with the mutex held.
  void report(uint64_t group, Beat& beat) const;

 private:
  using Clock = std::chrono::steady_clock;

  Progress& progress_;
  Communicator::Ticket started_ = 0, finished_ = 0;
  std::map<Communicator::Ticket, std::string> open_;  // their titles
  Communicator::Ticket waited_for_ = 0;               // right now; 0: none
  Clock::time_point waiting_since_;
};

}  // namespace tessera
