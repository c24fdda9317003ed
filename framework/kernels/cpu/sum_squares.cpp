#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/sum_squares.cpp"
#include <hwy/foreach_target.h>

#include "framework/kernels/cpu/shared/simd_rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

template <class T>
HWY_ATTR double squares_of(const T* x, int64_t n) {
  // Four sums hide the latency of the additions.
  VF s0 = hn::Zero(F32()), s1 = s0, s2 = s0, s3 = s0;
  const int64_t step = 4 * lanes(), whole = n / step * step;
  for (int64_t i = 0; i < whole; i += step) {
    const VF a = load(x + i), b = load(x + i + lanes()), c = load(x + i + 2 * lanes()),
             d = load(x + i + 3 * lanes());
    s0 = hn::MulAdd(a, a, s0);
    s1 = hn::MulAdd(b, b, s1);
    s2 = hn::MulAdd(c, c, s2);
    s3 = hn::MulAdd(d, d, s3);
  }
  each_vector(n - whole, [&](int64_t i, int64_t count) TESSERA_BODY {
    const VF v = load_part(x + whole + i, count);
    s0 = hn::MulAdd(v, v, s0);
  });
  return static_cast<double>(sum_of(hn::Add(hn::Add(s0, s1), hn::Add(s2, s3))));
}

/// Sums chunks of fixed length and adds their sums in order, so the bits are the same for any
/// number of threads.
template <class T>
Kernel sum_squares_of(const KernelSpec& spec) {
  constexpr int64_t kChunk = 16384;
  const int64_t n = spec.in[0].numel(), chunks = (n + kChunk - 1) / kChunk;
  return {[=](const KernelArgs& args) {
            auto* sums = static_cast<double*>(args.scratch);
            parallel_for(chunks, 2, [&](int64_t begin, int64_t end, int) {
              for (int64_t c = begin; c < end; ++c)
                sums[c] =
                    squares_of(args.input<T>(0) + c * kChunk, std::min(kChunk, n - c * kChunk));
            });
            double total = 0;
            for (int64_t c = 0; c < chunks; ++c) total += sums[c];
            *args.output<float>(0) = static_cast<float>(total);
          },
          static_cast<size_t>(chunks) * sizeof(double)};
}

Kernel make_sum_squares(const KernelSpec& spec) {
  return dispatch_simd(spec.in[0].dtype, spec.op,
                       [&]<class T>(Tag<T>) { return sum_squares_of<T>(spec); });
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(sum_squares);
}  // namespace tessera::cpu
#endif
