// A clock that stands still while its process does: of the time between two looks at the clock, no
// more than a second counts. A rank judges by this clock how long others are silent, because a job
// that was suspended as a whole (SIGSTOP, a frozen container, scontrol suspend) wakes with a judge
// that has heard nothing either.
#pragma once

#include <algorithm>

namespace tessera {

class AwakeClock {
 public:
  /// The most seconds that count between two looks; while awake, the clock's user looks more often.
  static constexpr double kLongestGap = 1;

  /// The clock begins at 0; `now` is a reading, in seconds, of a clock that never stands still.
  explicit AwakeClock(double now) : seen_(now) {}
  /// Seconds awake until `now`.
  double at(double now) {
    awake_ += std::clamp(now - seen_, 0.0, kLongestGap);
    seen_ = now;
    return awake_;
  }

 private:
  double seen_;
  double awake_ = 0;
};

}  // namespace tessera
