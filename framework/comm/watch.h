// Watch decides from what ranks tell and from the clock whether the run is over and why (a rank
// failed, died, is silent, or never came to a collective that others wait for), and which rank is
// slow. A rank is heard of by what it sends, and by the collectives that others finish with it.
// Watch has no sockets and no clock of its own: times are seconds in which the judge was awake
// (AwakeClock).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "framework/comm/beat.h"

namespace tessera {

struct WatchLimits {
  /// Seconds without a sign of life after which a rank counts as dead.
  double silence = 60;
  /// Seconds that a collective may be waited for.
  double hang = 600;
  /// A rank is slow when every other rank has waited for collectives longer than it, by at least
  /// this share of the time. Watch looks for slow ranks after at least this many collectives and
  /// seconds.
  double slow_share = 0.2;
  int64_t slow_collectives = 100;
  double slow_seconds = 10;
};

class Watch {
 public:
  /// Watches the ranks `watched` of a world with these hosts.
  Watch(std::vector<std::string> hosts, const std::vector<int>& watched, const WatchLimits& limits,
        double now);

  void heard(int rank, double now);
  void group(uint64_t number, std::vector<int> ranks);
  void beat(int rank, const Beat& beat, double now);
  /// Notes what a rank's finished collectives say of the others: a rank that takes part in one is
  /// alive. beat() calls progress() too.
  void progress(int rank, const Beat& beat, double now);
  /// Notes that the rank has reported a failure, such as an exception.
  void failed(int rank, std::string_view reason);
  /// Notes that the connection to the rank broke.
  void closed(int rank);
  /// Notes that the rank ended in order: nothing is expected of it any more.
  void left(int rank);
  /// Looks for silent, hanging and slow ranks at the time `now`.
  void tick(double now);

  /// Why the run is over, which is the first cause found; nothing while the run goes on.
  const std::optional<std::string>& verdict() const { return verdict_; }
  /// The lines about slow ranks since the last call.
  std::vector<std::string> take_warnings();

 private:
  struct Rank {
    bool watched = false, left = false;
    double heard = 0;
    Beat beat;
    double beat_time = 0;
    /// When the rank began to wait for the collective in `beat`, in the judge's awake seconds.
    double waits_since = 0;
    std::map<uint64_t, int64_t> started, finished;
    Beat before;  // its beat when slow ranks were last looked for
  };

  std::string named(int rank) const;
  void conclude(std::string text);
  void look_for_silence(double now);
  void look_for_hangs(double now);
  void look_for_slow_ranks(double now);
  /// A text such as "; rank 0 (a) waits for rank 2 (b) to come to all_reduce of x", or an empty one
  /// where no such wait is known.
  std::string who_waits_for(const std::vector<int>& silent) const;
  /// The ranks that have not started the collective that `waiting` waits for.
  std::vector<int> missing(const Beat& waiting) const;

  std::vector<std::string> hosts_;
  WatchLimits limits_;
  std::vector<Rank> ranks_;
  std::map<uint64_t, std::vector<int>> groups_;
  std::optional<std::string> verdict_;
  std::vector<std::string> warnings_;
  double looked_ = 0;
};

}  // namespace tessera
