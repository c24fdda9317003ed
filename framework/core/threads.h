// The one thread pool of the process: OpenMP's, which oneDNN uses too, so that two pools never
// fight for the cores. Work is cut by index alone, so that timing never decides: `parallel_for`
// hands thread t a fixed contiguous range.
#pragma once

#include <cstdint>
#if defined(__SANITIZE_THREAD__)
#include <thread>
#include <vector>
#endif

namespace tessera {

/// Number of threads of the pool, set once at start-up from `device.threads` (default: cores that
/// this process may run on). A child of fork() has one thread.
int thread_count();
void set_thread_count(int n);

/// Makes libraries on the pool use thread_count() threads when the current thread calls them; those
/// that another thread calls would use as many as the process began with.
void share_pool();

/// Number of cores that this process may run on (affinity mask and cgroup quota).
int available_cores();

/// Makes every thread of the pool flush denormal floats to zero from now on (arithmetic on
/// denormals is slow).
void flush_denormals();

/// Runs `body(begin, end, thread)` over [0, n), cut into at most thread_count() contiguous pieces
/// of at least `grain`.
template <typename Body>
void parallel_for(int64_t n, int64_t grain, Body&& body) {
  const int64_t most = grain > 0 ? (n + grain - 1) / grain : n;
  const int pieces = static_cast<int>(most < thread_count() ? most : thread_count());
  if (pieces <= 1) {
    if (n > 0) body(int64_t{0}, n, 0);
    return;
  }
  const auto piece = [&](int t) {
    const int64_t begin = n * t / pieces, end = n * (t + 1) / pieces;
    if (begin < end) body(begin, end, t);
  };
#if defined(__SANITIZE_THREAD__)  // TSan cannot see the barriers of OpenMP's runtime
  std::vector<std::jthread> threads;
  for (int t = 1; t < pieces; ++t) threads.emplace_back(piece, t);
  piece(0);
#else
#pragma omp parallel for num_threads(pieces) schedule(static, 1)
  for (int t = 0; t < pieces; ++t) piece(t);
#endif
}

}  // namespace tessera
