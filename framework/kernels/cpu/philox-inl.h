// Philox4x32-10 in vectors: the words of framework/core/random.h, several blocks at a time.
#if defined(TESSERA_PHILOX_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef TESSERA_PHILOX_INL_H
#undef TESSERA_PHILOX_INL_H
#else
#define TESSERA_PHILOX_INL_H
#endif

#include <hwy/highway.h>

#include "framework/kernels/cpu/simd_rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

using U64 = hn::ScalableTag<uint64_t>;

/// The words of the Philox blocks `first`, `first + 1`, … in order: as many blocks as a vector has 64-bit lanes. Each lane
/// runs one block; a counter word lies in the lower half of its lane, and what the upper half holds is never read.
HWY_INLINE void philox_words(uint64_t first, uint64_t step, uint64_t key, uint32_t* words) {
  const U64 d;
  const auto multiply = [](hn::Vec<U64> v, uint32_t by) TESSERA_BODY {
    return hn::MulEven(hn::BitCast(U32(), v), hn::Set(U32(), by));
  };
  auto c0 = hn::Iota(d, first), c1 = hn::ShiftRight<32>(c0);
  auto c2 = hn::Set(d, step), c3 = hn::Set(d, step >> 32);
  auto k0 = static_cast<uint32_t>(key), k1 = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const auto a = multiply(c0, 0xD2511F53), b = multiply(c2, 0xCD9E8D57);
    c0 = hn::Xor(hn::Xor(hn::ShiftRight<32>(b), c1), hn::Set(d, k0));
    c2 = hn::Xor(hn::Xor(hn::ShiftRight<32>(a), c3), hn::Set(d, k1));
    c1 = b;
    c3 = a;
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  const auto low = hn::Set(d, 0xffffffffu);
  const auto front = hn::Or(hn::And(c0, low), hn::ShiftLeft<32>(c1));
  const auto back = hn::Or(hn::And(c2, low), hn::ShiftLeft<32>(c3));
  hn::StoreInterleaved2(front, back, d, reinterpret_cast<uint64_t*>(words));
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per target
