// Vectors of every element type, as many elements at a time as f32 has lanes: floats as f32 (bf16
// is widened on load and rounded on store), i32 as i32, booleans as i32 lanes of 0 and 1.
#if defined(TESSERA_SIMD_VECTORS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef TESSERA_SIMD_VECTORS_INL_H
#undef TESSERA_SIMD_VECTORS_INL_H
#else
#define TESSERA_SIMD_VECTORS_INL_H
#endif

#include <hwy/highway.h>

#include "framework/core/bfloat16.h"
#include "framework/kernels/cpu/shared/isa_cap.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using F32 = hn::ScalableTag<float>;
using I32 = hn::ScalableTag<int32_t>;
using U32 = hn::ScalableTag<uint32_t>;

HWY_INLINE hn::Vec<F32> load(const float* p) { return hn::LoadU(F32(), p); }
HWY_INLINE hn::Vec<F32> load(const bfloat16* p) {
  const hn::Rebind<uint16_t, U32> half;
  const auto bits = hn::LoadU(half, reinterpret_cast<const uint16_t*>(p));
  return hn::BitCast(F32(), hn::ShiftLeft<16>(hn::PromoteTo(U32(), bits)));
}
HWY_INLINE hn::Vec<I32> load(const int32_t* p) { return hn::LoadU(I32(), p); }
HWY_INLINE hn::Vec<I32> load(const uint8_t* p) {
  return hn::PromoteTo(I32(), hn::LoadU(hn::Rebind<uint8_t, I32>(), p));
}

HWY_INLINE void store(hn::Vec<F32> v, float* p) { hn::StoreU(v, F32(), p); }
/// Stores bf16, rounded to nearest, ties to even; NaN stays NaN. The bits are those of bfloat16's
/// constructor, but denormals may become 0.
HWY_INLINE void store(hn::Vec<F32> v, bfloat16* p) {
#if HWY_TARGET == HWY_AVX3
  // One instruction does the work of ten; Highway has no target that includes it.
  if (has_bf16_instructions()) {
    __m256i narrow;
    asm("vcvtneps2bf16 {%1, %0|%0, %1}" : "=v"(narrow) : "v"(v.raw));
    return _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), narrow);
  }
#endif
  const U32 d;
  const auto bits = hn::BitCast(d, v);
  const auto high = hn::ShiftRight<16>(bits);
  const auto odd = hn::And(high, hn::Set(d, 1u));
  const auto rounded = hn::ShiftRight<16>(hn::Add(hn::Add(bits, hn::Set(d, 0x7fffu)), odd));
  const auto nan = hn::RebindMask(d, hn::IsNaN(v));
  const auto result = hn::IfThenElse(nan, hn::Or(high, hn::Set(d, 0x40u)), rounded);
  const hn::Rebind<uint16_t, U32> half;
  hn::StoreU(hn::DemoteTo(half, hn::BitCast(I32(), result)), half, reinterpret_cast<uint16_t*>(p));
}
HWY_INLINE void store(hn::Vec<I32> v, int32_t* p) { hn::StoreU(v, I32(), p); }
HWY_INLINE void store(hn::Vec<I32> v, uint8_t* p) {
  const hn::Rebind<uint8_t, I32> narrow;
  hn::StoreU(hn::DemoteTo(narrow, v), narrow, p);
}

/// A comparison's result as a boolean: 0 or 1 in each lane.
template <class D>
HWY_INLINE hn::Vec<I32> boolean(D, hn::Mask<D> mask) {
  return hn::IfThenElseZero(hn::RebindMask(I32(), mask), hn::Set(I32(), 1));
}

/// The tag that fits a vector: F32 or I32.
HWY_INLINE F32 tag_of(hn::Vec<F32>) { return {}; }
HWY_INLINE I32 tag_of(hn::Vec<I32>) { return {}; }

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per target
