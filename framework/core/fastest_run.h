// The time that a piece of work takes: that of its fastest run, since a disturbed run says nothing
// about the machine.
#pragma once

#include <algorithm>
#include <chrono>

namespace tessera {

/// Seconds of the fastest run of `work`. After one run to warm up, `work` is repeated for `budget`
/// seconds, and at least twice.
template <typename Work>
double fastest_run(double budget, Work&& work) {
  using Clock = std::chrono::steady_clock;
  work();
  double best = 1e30;
  const auto start = Clock::now();
  for (int run = 0; run < 2 || std::chrono::duration<double>(Clock::now() - start).count() < budget;
       ++run) {
    const auto begin = Clock::now();
    work();
    best = std::min(best, std::chrono::duration<double>(Clock::now() - begin).count());
  }
  return best;
}

}  // namespace tessera
