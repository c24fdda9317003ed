// What fused kernels need of f32 vectors beyond simd_math-inl.h, at the least cost: e^x without the
// extra steps of its general form, a value and its slope from one exponential, sine and cosine of
// an angle reduced beforehand. Results are right to about one unit in the last place of the
// result's scale; NaN in gives NaN out; results below 2^-125 are zero. Range reduction is Cody and
// Waite's ("Software Manual for the Elementary Functions", 1980); polynomials are fits at Chebyshev
// nodes, computed with 40 digits for this file.
#if defined(TESSERA_VECTOR_MATH_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef TESSERA_VECTOR_MATH_INL_H
#undef TESSERA_VECTOR_MATH_INL_H
#else
#define TESSERA_VECTOR_MATH_INL_H
#endif

#include "framework/kernels/cpu/shared/simd_elementwise-inl.h"
#include "framework/kernels/cpu/shared/simd_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

using VF = hn::Vec<F32>;

HWY_INLINE VF splat(float x) { return hn::Set(F32(), x); }

/// e^r - 1 for the remainder r of x = n ln 2 + r, and 2^(n + bias - 127).
struct ExpParts {
  VF minus_one, power;
};
template <int bias>
HWY_INLINE ExpParts exp_parts(VF x) {
  // Adding 1.5 · 2^23 rounds to an integer, which then stands in the low bits.
  const VF magic = splat(12582912.0f);
  const VF shifted = hn::MulAdd(x, splat(1.44269504089f), magic);
  const VF n = hn::Sub(shifted, magic);
#if HWY_NATIVE_FMA
  const VF r = hn::NegMulAdd(n, splat(0.693147180560f), x);  // off by 2e-9 n
#else
  VF r = hn::NegMulAdd(n, splat(0.693359375f), x);
  r = hn::NegMulAdd(n, splat(-2.12194440055e-4f), r);
#endif
  const VF q = polynomial(F32(), r, 0.5f, 0.16666576666f, 0.041666554213f, 0.0083632328837f,
                          0.0013926250831f);
  const I32 d;
  const auto bits = hn::Add(hn::BitCast(d, shifted), hn::Set(d, bias));
  return {hn::MulAdd(hn::Mul(r, r), q, r), hn::BitCast(F32(), hn::ShiftLeft<23>(bits))};
}

/// e^x; 0 below -87, infinite above 88.72.
HWY_INLINE VF exp_of(VF x) {
  const ExpParts parts = exp_parts<126>(x);  // half the power: 2^128 would be infinite
  VF y = hn::MulAdd(parts.minus_one, parts.power, parts.power);
  y = hn::Add(y, y);
  y = hn::IfThenZeroElse(hn::Lt(x, splat(-87.0f)), y);
  return hn::IfThenElse(hn::Gt(x, splat(88.7228390f)), hn::Inf(F32()), y);
}

/// e^x for x below 88.
HWY_INLINE VF exp_of_negative(VF x) {
  const ExpParts parts = exp_parts<127>(x);
  const VF y = hn::MulAdd(parts.minus_one, parts.power, parts.power);
  return hn::IfThenZeroElse(hn::Lt(x, splat(-87.0f)), y);
}

/// 1 / (1 + e^-x)
HWY_INLINE VF sigmoid_of(VF x) {
  return hn::Div(splat(1.0f), hn::Add(splat(1.0f), exp_of(hn::Neg(x))));
}

/// The normal distribution function of x, and e^(-x²/2), of which it is made.
struct Normal {
  VF cdf, bell;
};
HWY_INLINE Normal normal_of(VF x) {
  // For x >= 0: cdf(-x) = bell(x) · Q(t), t = (x - 3.5) / (x + 3.5), Q fitted on x <= 9.
  const VF bell = exp_of_negative(hn::Mul(hn::Mul(x, splat(-0.5f)), x));
  const VF magnitude = hn::Min(splat(9.0f), hn::Abs(x));
  const VF t = hn::Div(hn::Sub(magnitude, splat(3.5f)), hn::Add(magnitude, splat(3.5f)));
  const VF q = polynomial(F32(), t, 0.10634515373f, -0.18713969812f, 0.12585519299f,
                          -0.061639339816f, 0.019067349161f, -0.0015618015426f, -0.0013957740302f,
                          0.00037962582471f, 0.00016686837664f);
  const VF tail = hn::Mul(bell, q);
  return {hn::IfThenElse(hn::Lt(x, hn::Zero(F32())), tail, hn::Sub(splat(1.0f), tail)), bell};
}

/// Sine and cosine of (quadrant · π/2 + r), |r| <= π/4.
struct SinCos {
  VF sin, cos;
};
HWY_INLINE SinCos sin_cos_of(hn::Vec<I32> quadrant, VF r) {
  const VF z = hn::Mul(r, r);
  const VF sin = hn::MulAdd(
      hn::Mul(r, z),
      polynomial(F32(), z, -0.16666666664f, 0.008333331866f, -0.00019840082013f, 2.7249314055e-6f),
      r);
  const VF cos = hn::MulAdd(
      hn::Mul(z, z), polynomial(F32(), z, 0.041666664647f, -0.0013888300697f, 2.454743721e-5f),
      hn::NegMulAdd(z, splat(0.5f), splat(1.0f)));
  const I32 d;
  const auto odd = hn::RebindMask(F32(), hn::TestBit(quadrant, hn::Set(d, 1)));
  const auto sin_sign = hn::ShiftLeft<30>(hn::And(quadrant, hn::Set(d, 2)));
  const auto cos_sign = hn::ShiftLeft<30>(hn::And(hn::Add(quadrant, hn::Set(d, 1)), hn::Set(d, 2)));
  return {hn::Xor(hn::IfThenElse(odd, cos, sin), hn::BitCast(F32(), sin_sign)),
          hn::Xor(hn::IfThenElse(odd, sin, cos), hn::BitCast(F32(), cos_sign))};
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per target
