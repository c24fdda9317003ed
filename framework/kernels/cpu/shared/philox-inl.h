// Philox4x32-10 in vectors: the words of framework/core/random.h, several blocks at a time.
#if defined(TESSERA_PHILOX_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef TESSERA_PHILOX_INL_H
#undef TESSERA_PHILOX_INL_H
#else
#define TESSERA_PHILOX_INL_H
#endif

#include <hwy/highway.h>

#include "framework/kernels/cpu/shared/simd_rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

using U64 = hn::ScalableTag<uint64_t>;

/// Writes the words of the Philox blocks `first`, `first + 1`, … in order, `groups` times as many
/// blocks as a vector has 64-bit lanes; the groups' chains of instructions run side by side. Each
/// lane runs one block; a counter word lies in the lower half of its lane, and what the upper half
/// holds is never read.
template <int groups = 1>
HWY_INLINE void philox_words(uint64_t first, uint64_t step, uint64_t key, uint32_t* words) {
  using V = hn::Vec<U64>;
  const U64 d;
  const auto multiply = [](V v, uint32_t by) TESSERA_BODY {
    return hn::MulEven(hn::BitCast(U32(), v), hn::Set(U32(), by));
  };
  V c0[groups], c1[groups], c2[groups], c3[groups];
  for (int g = 0; g < groups; ++g) {
    c0[g] = hn::Iota(d, first + static_cast<uint64_t>(g) * hn::Lanes(d));
    c1[g] = hn::ShiftRight<32>(c0[g]);
    c2[g] = hn::Set(d, step);
    c3[g] = hn::Set(d, step >> 32);
  }
  auto k0 = static_cast<uint32_t>(key), k1 = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    for (int g = 0; g < groups; ++g) {
      const V a = multiply(c0[g], 0xD2511F53), b = multiply(c2[g], 0xCD9E8D57);
      c0[g] = hn::Xor(hn::Xor(hn::ShiftRight<32>(b), c1[g]), hn::Set(d, k0));
      c2[g] = hn::Xor(hn::Xor(hn::ShiftRight<32>(a), c3[g]), hn::Set(d, k1));
      c1[g] = b;
      c3[g] = a;
    }
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  const auto low = hn::Set(d, 0xffffffffu);
  for (int g = 0; g < groups; ++g) {
    const auto front = hn::Or(hn::And(c0[g], low), hn::ShiftLeft<32>(c1[g]));
    const auto back = hn::Or(hn::And(c2[g], low), hn::ShiftLeft<32>(c3[g]));
    hn::StoreInterleaved2(
        front, back, d,
        reinterpret_cast<uint64_t*>(words) + static_cast<size_t>(2 * g) * hn::Lanes(d));
  }
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per target
