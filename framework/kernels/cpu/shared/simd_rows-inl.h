// Loops over rows of floats, for kernels that reduce along the last dim: each_vector walks a row in
// whole vectors and one last part; load_part and store_part take the part's length, and the lanes
// beyond it read as `fill`.
#if defined(TESSERA_SIMD_ROWS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef TESSERA_SIMD_ROWS_INL_H
#undef TESSERA_SIMD_ROWS_INL_H
#else
#define TESSERA_SIMD_ROWS_INL_H
#endif

#include "framework/kernels/cpu/shared/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

/// Marks lambdas that are given to each_vector: inlined, and compiled for the target.
#undef TESSERA_BODY
#define TESSERA_BODY HWY_ATTR __attribute__((always_inline))

HWY_INLINE int64_t lanes() { return static_cast<int64_t>(hn::Lanes(F32())); }

template <class T>
HWY_INLINE VF load_part(const T* p, int64_t count, float fill = 0.0f) {
  if (count == lanes()) return load(p);
  T part[HWY_MAX_BYTES / sizeof(float)] = {};
  for (int64_t i = 0; i < count; ++i) part[i] = p[i];
  const VF v = load(part);
  if (fill == 0.0f) return v;
  return hn::IfThenElse(hn::FirstN(F32(), static_cast<size_t>(count)), v, splat(fill));
}

template <class T>
HWY_INLINE void store_part(VF v, T* p, int64_t count) {
  if (count == lanes()) return store(v, p);
  T part[HWY_MAX_BYTES / sizeof(float)];
  store(v, part);
  for (int64_t i = 0; i < count; ++i) p[i] = part[i];
}

/// Calls f(i, count) for i = 0, lanes, 2 lanes, … below n; count is lanes() but for the last
/// call.
template <class F>
HWY_INLINE void each_vector(int64_t n, const F& f) {
  int64_t i = 0;
  for (; i + lanes() <= n; i += lanes()) f(i, lanes());
  if (i < n) f(i, n - i);
}

HWY_INLINE float sum_of(VF v) { return hn::GetLane(hn::SumOfLanes(F32(), v)); }
HWY_INLINE float max_of(VF v) { return hn::GetLane(hn::MaxOfLanes(F32(), v)); }

/// Calls `f(Tag<T>{})` with the element type of a float dtype that this backend computes in; throws
/// UserError for other dtypes.
template <class F>
auto dispatch_simd(DType dtype, std::string_view op, F&& f) {
  if (dtype == DType::f32) return f(Tag<float>{});
  if (dtype == DType::bf16) return f(Tag<bfloat16>{});
  user_error("the cpu backend has no {} of {}", op, dtype);
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per target
