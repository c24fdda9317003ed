#include "framework/kernels/cpu/shared/matmul_rate.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "framework/core/threads.h"
#include "framework/device/cpu/memory.h"
#include "framework/device/cpu/profile.h"
#include "framework/kernels/cpu/shared/onednn.h"

namespace tessera::cpu {
namespace {

/// Seconds of the fastest run of `work`, after one that warms up, repeated for `budget` seconds but twice at least.
template <typename Work>
double fastest(double budget, Work&& work) {
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

}  // namespace

double matmul_gflops(DType dtype, double seconds) {
  require(dtype == DType::f32 || dtype == DType::bf16, "the rate is measured in f32 and bf16 only");
  require(dtype == DType::f32 || onednn_multiplies_bf16(),
          "this machine multiplies no bf16 (AVX-512 at least is needed)");
  constexpr int64_t n = 1024;
  const Strided operand{dtype, {n, n}, {n, 1}}, result{DType::f32, {n, n}, {n, 1}};
  const PreparedMatmul product({operand, operand, result});
  // Zeros would do for the time; ones keep a library from being clever about them.
  HostBuffer a(n * n * size_of(dtype)), c(n * n * size_of(DType::f32));
  HostBuffer scratch(product.scratch_bytes());
  if (dtype == DType::f32)
    std::fill_n(reinterpret_cast<float*>(a.data()), n * n, 1.0f);
  else
    std::fill_n(reinterpret_cast<bfloat16*>(a.data()), n * n, bfloat16(1.0f));
  const double time = fastest(seconds, [&] {
    product.run({.a = a.data(), .b = a.data(), .c = c.data(), .scratch = scratch.data()});
  });
  check(*reinterpret_cast<const float*>(c.data()) == static_cast<float>(n),
        "a product of ones gave {}", *reinterpret_cast<const float*>(c.data()));
  return 2.0 * n * n * n / time * 1e-9;
}

double memory_gbytes_per_second(double seconds) {
  constexpr size_t kLeast = size_t{64} << 20, kMost = size_t{512} << 20;
  const size_t bytes = std::clamp(2 * cache_sizes().l3, kLeast, kMost);
  HostBuffer from(bytes), to(bytes);
  std::memset(from.data(), 1, bytes);  // untouched pages would all be the one zero page
  const double time = fastest(seconds, [&] {
    parallel_for(
        static_cast<int64_t>(bytes), int64_t{1} << 20, [&](int64_t begin, int64_t end, int) {
          std::memcpy(to.data() + begin, from.data() + begin, static_cast<size_t>(end - begin));
        });
  });
  return 2.0 * static_cast<double>(bytes) / time * 1e-9;
}

}  // namespace tessera::cpu
