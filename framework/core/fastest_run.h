// How long a piece of work takes: its fastest run, since a disturbed one says nothing about the machine.
#pragma once

#include <algorithm>
#include <chrono>

namespace tessera {

/// Seconds of the fastest run of `work`, after one that warms up, repeated for `budget` seconds but twice at least.
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
