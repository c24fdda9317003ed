// Activations over vectors of f32: those of the fused dense layer, of their own ops and of
// gradients. Included once per target by files that use hwy/foreach_target.h.
//   gelu_tanh: x · σ(2u), u = √(2/π) (x + 0.044715 x³); Hendrycks and Gimpel 2016
//     (1606.08415), section 2
//   gelu_erf: x · Φ(x)
//   silu: x · σ(x)
#if defined(TESSERA_SIMD_ACTIVATIONS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef TESSERA_SIMD_ACTIVATIONS_INL_H
#undef TESSERA_SIMD_ACTIVATIONS_INL_H
#else
#define TESSERA_SIMD_ACTIVATIONS_INL_H
#endif

#include "framework/core/dense_activation.h"
#include "framework/kernels/cpu/shared/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

/// The gate σ(2u) of gelu_tanh, which is 0 or 1 in f32 beyond |x| = 10.5.
struct Gate {
  VF inside, sigma, slope;  // x within these bounds, σ(2u) and d(2u)/dx
};
HWY_INLINE Gate gate_of(VF x) {
  constexpr float k2Root = 1.59576912161f;  // 2 sqrt(2/π)
  const VF inside = hn::Max(splat(-10.5f), hn::Min(splat(10.5f), x));
  const VF square = hn::Mul(inside, inside);
  const VF u2 = hn::Mul(inside, hn::MulAdd(square, splat(0.044715f * k2Root), splat(k2Root)));
  return {inside, sigmoid_of(u2), hn::MulAdd(square, splat(3 * 0.044715f * k2Root), splat(k2Root))};
}

template <DenseActivation activation>
HWY_INLINE VF activate(VF x) {
  if constexpr (activation == DenseActivation::relu) {
    // max() of NaN and zero would be zero.
    return hn::IfThenElse(hn::Lt(x, splat(0.0f)), splat(0.0f), x);
  } else if constexpr (activation == DenseActivation::silu) {
    return hn::Mul(x, sigmoid_of(x));
  } else if constexpr (activation == DenseActivation::gelu_tanh) {
    return hn::Mul(x, gate_of(x).sigma);
  } else if constexpr (activation == DenseActivation::gelu_erf) {
    return hn::Mul(x, normal_of(x).cdf);
  } else {
    return x;
  }
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per target
