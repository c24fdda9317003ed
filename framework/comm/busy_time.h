// Counts the seconds in which at least one thing is under way; things that overlap count once.
#pragma once

#include <chrono>

namespace tessera {

class BusyTime {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  void begin(Moment now) {
    if (open_++ == 0) since_ = now;
  }
  void end(Moment now) {
    if (--open_ == 0) closed_ += now - since_;
  }
  double seconds(Moment now) const {
    return std::chrono::duration<double>(open_ > 0 ? closed_ + (now - since_) : closed_).count();
  }

 private:
  int open_ = 0;
  Moment since_;
  std::chrono::steady_clock::duration closed_{};
};

}  // namespace tessera
