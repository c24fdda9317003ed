#include "framework/core/threads.h"

#include <omp.h>
#include <pthread.h>
#include <sched.h>

#include <algorithm>

#include "framework/core/cgroups.h"
#include "framework/core/one_thread.h"
#include "framework/core/thread.h"
#if defined(__SSE__)
#include <immintrin.h>
#endif

namespace tessera {
namespace {

/// The pool size that was set; 0 when none was set yet.
int& chosen_size() {
  static int n = [] {
    // A child of fork() has its parent's thread alone; libgomp would wait for the others for ever.
    ::pthread_atfork(nullptr, nullptr, [] { set_thread_count(1); });
    return 0;
  }();
  return n;
}

int pool_size() {
  if (const int chosen = chosen_size(); chosen > 0) return chosen;
  static const int usual = [] {
    const int cores = available_cores();
    require_threads(cores - 1);
    return cores;
  }();
  return usual;
}

}  // namespace

int available_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  const int cores = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
  const double quota = cpu_quota().value_or(cores);
  return std::clamp(static_cast<int>(quota + 0.5), 1, std::max(1, cores));
}

int thread_count() { return pool_size(); }

void set_thread_count(int n) {
  n = std::max(1, n);
  require_threads(n - 1);
  chosen_size() = n;
  share_pool();
}

void share_pool() {
  omp_set_num_threads(pool_size());
  omp_set_dynamic(0);
}

OneThread::OneThread() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }

OneThread::~OneThread() { omp_set_num_threads(before_); }

void flush_denormals() {
#if defined(__SSE__)
#pragma omp parallel num_threads(pool_size())
  {
    _MM_SET_FLUSH_ZERO_MODE(_MM_FLUSH_ZERO_ON);
    _mm_setcsr(_mm_getcsr() | 0x0040u);  // denormals are zero
  }
#endif
}

}  // namespace tessera
