#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/random_normal.cpp"
#include <hwy/foreach_target.h>
// Highway's mathematics is in vectors too, and must come after foreach_target.h.
#include <hwy/contrib/math/math-inl.h>

#include <numbers>

#include "framework/core/part.h"
#include "framework/core/random.h"
#include "framework/kernels/cpu/shared/philox-inl.h"
#include "framework/kernels/cpu/shared/simd_rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

/// The upper 24 bits of each word, plus `plus`, over 2^24.
HWY_INLINE VF fraction(hn::Vec<U32> words, int plus) {
  const hn::RebindToSigned<U32> i32;
  const auto whole = hn::Add(hn::BitCast(i32, hn::ShiftRight<8>(words)), hn::Set(i32, plus));
  return hn::Mul(hn::ConvertTo(F32(), whole), splat(0x1p-24F));
}

/// Draws elements [begin, end) of the stream, wherever they begin in a Philox block.
HWY_ATTR void normal_range(float* y, int64_t begin, int64_t end, uint64_t key, float std) {
  const auto group = static_cast<int64_t>(4 * hn::Lanes(U64()));  // two vectors of words
  alignas(64) uint64_t words[2 * (HWY_MAX_BYTES / sizeof(uint64_t))];
  auto* bits = reinterpret_cast<uint32_t*>(words);
  alignas(64) float drawn[2 * (HWY_MAX_BYTES / sizeof(float))];
  for (int64_t e = begin / 4 * 4; e < end; e += group) {
    philox_words(static_cast<uint64_t>(e / 4), 0, key, bits);
    hn::Vec<U32> first, second;
    hn::LoadInterleaved2(U32(), bits, first, second);
    const VF r =
        hn::Mul(splat(std), hn::Sqrt(hn::Mul(splat(-2.0F), hn::Log(F32(), fraction(first, 1)))));
    const VF angle = hn::Mul(fraction(second, 0), splat(2.0F * std::numbers::pi_v<float>));
    hn::StoreInterleaved2(hn::Mul(r, hn::Cos(F32(), angle)), hn::Mul(r, hn::Sin(F32(), angle)),
                          F32(), drawn);
    const int64_t skipped = std::max<int64_t>(begin - e, 0);
    std::copy(drawn + skipped, drawn + std::min(group, end - e), y + (e + skipped - begin));
  }
}

Kernel make_random_normal(const KernelSpec& spec) {
  const uint64_t key =
      Random(static_cast<uint64_t>(spec.attrs.integer("seed")), spec.attrs.text("stream")).key();
  const auto std = static_cast<float>(spec.attrs.real("std"));
  const int64_t n = spec.out[0].numel();
  const PartRuns runs(spec.attrs, spec.out[0].shape);
  return {[=](const KernelArgs& args) {
            constexpr int64_t kBlock = 1024;
            parallel_for((n + kBlock - 1) / kBlock, 8, [&](int64_t begin, int64_t end, int) {
              runs.each(begin * kBlock, std::min(end * kBlock, n),
                        [&](int64_t from, int64_t to, int64_t at) {
                          float* y = args.output<float>(0) + from;
                          if (at < 0)
                            std::fill_n(y, to - from, 0.0F);
                          else
                            normal_range(y, at, at + (to - from), key, std);
                        });
            });
          },
          0};
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(random_normal);
}  // namespace tessera::cpu
#endif
