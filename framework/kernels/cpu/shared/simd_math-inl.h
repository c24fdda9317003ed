// Functions of f32 vectors, right over all of their range: overflow gives infinity, NaN stays NaN,
// and results below the smallest normal number are 0. Errors are below 4 units in the last place
// (tests/kernels/simd_math_test.cpp measures them). Coefficients that are no Taylor series are
// least-maximum fits in double of the functions named beside them.
#if defined(TESSERA_SIMD_MATH_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef TESSERA_SIMD_MATH_INL_H
#undef TESSERA_SIMD_MATH_INL_H
#else
#define TESSERA_SIMD_MATH_INL_H
#endif

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// c0 + c1 x + c2 x² + …
template <class D, class V>
HWY_INLINE V polynomial(D d, V, float c) {
  return hn::Set(d, c);
}
template <class D, class V, class... C>
HWY_INLINE V polynomial(D d, V x, float c0, float c1, C... c) {
  return hn::MulAdd(polynomial(d, x, c1, c...), x, hn::Set(d, c0));
}

/// e^x = 2^n e^r with n = round(x / ln 2), |r| <= ln 2 / 2.
template <class D, class V>
HWY_INLINE V simd_exp(D d, V x) {
  const hn::RebindToSigned<D> di;
  const V low = hn::Set(d, -87.3f);
  const V bounded = hn::Min(hn::Max(x, low), hn::Set(d, 89.0f));
  const V n = hn::Round(hn::Mul(bounded, hn::Set(d, 1.44269504089f)));
  V r = hn::NegMulAdd(n, hn::Set(d, 0x1.62e400p-1f), bounded);  // ln 2 in two parts
  r = hn::NegMulAdd(n, hn::Set(d, 0x1.7f7d1cp-20f), r);
  const V p = polynomial(d, r, 1.0f, 1.0f, 1 / 2.0f, 1 / 6.0f, 1 / 24.0f, 1 / 120.0f, 1 / 720.0f,
                         1 / 5040.0f);
  // 2^(n-1), doubled afterwards, so that n = 128 is in range.
  const auto half = hn::ShiftLeft<23>(hn::Add(hn::ConvertTo(di, n), hn::Set(di, 126)));
  const V y = hn::Mul(hn::Mul(p, hn::BitCast(d, half)), hn::Set(d, 2.0f));
  return hn::IfThenElse(hn::IsNaN(x), x, hn::IfThenZeroElse(hn::Lt(x, low), y));
}

/// ln x = e ln 2 + 2 artanh(f / (2 + f)), x = 2^e (1 + f), 1 + f in [√½, √2).
template <class D, class V>
HWY_INLINE V simd_log(D d, V x) {
  const hn::RebindToSigned<D> di;
  const auto tiny = hn::Lt(x, hn::Set(d, 0x1p-126f));  // denormal: scaled up by 2^25
  const V scaled = hn::IfThenElse(tiny, hn::Mul(x, hn::Set(d, 0x1p25f)), x);
  const auto root = hn::Set(di, 0x3f3504f3);  // √½
  const auto bits = hn::Sub(hn::BitCast(di, scaled), root);
  const auto exponent = hn::ShiftRight<23>(bits);
  const V e = hn::Sub(hn::ConvertTo(d, exponent), hn::IfThenElseZero(tiny, hn::Set(d, 25.0f)));
  const V m = hn::BitCast(d, hn::Sub(hn::BitCast(di, scaled), hn::ShiftLeft<23>(exponent)));
  const V f = hn::Sub(m, hn::Set(d, 1.0f));
  const V s = hn::Div(f, hn::Add(f, hn::Set(d, 2.0f)));
  const V z = hn::Mul(s, s);
  // 2 artanh s = f - s (f - 2 z (1/3 + z/5 + …)): f carries no rounding error.
  const V tail = hn::Mul(hn::Add(z, z), polynomial(d, z, 1 / 3.0f, 1 / 5.0f, 1 / 7.0f, 1 / 9.0f));
  const V low = hn::NegMulAdd(s, hn::Sub(f, tail), hn::Mul(e, hn::Set(d, 0x1.7f7d1cp-20f)));
  const V y = hn::MulAdd(e, hn::Set(d, 0x1.62e400p-1f), hn::Add(f, low));
  const V infinity = hn::Inf(d);
  const V zero = hn::Zero(d);
  const V special = hn::IfThenElse(hn::Eq(x, zero), hn::Neg(infinity),
                                   hn::IfThenElse(hn::Eq(x, infinity), infinity, hn::NaN(d)));
  const auto ordinary = hn::And(hn::Gt(x, zero), hn::Lt(x, infinity));
  return hn::IfThenElse(ordinary, y, special);
}

/// ln(1 + x), exact in its relative error near 0: ln(u) plus the rounding error of u = 1 + x.
template <class D, class V>
HWY_INLINE V simd_log1p(D d, V x) {
  const V one = hn::Set(d, 1.0f);
  const V u = hn::Add(one, x);
  const V lost = hn::Sub(x, hn::Sub(u, one));
  const V y = hn::Add(simd_log(d, u), hn::Div(lost, u));
  const auto ordinary = hn::And(hn::Gt(u, hn::Zero(d)), hn::Lt(u, hn::Inf(d)));
  return hn::IfThenElse(ordinary, y, simd_log(d, u));
}

/// 1 / (1 + e^-x)
template <class D, class V>
HWY_INLINE V simd_sigmoid(D d, V x) {
  // Computed from e^-|x|, which cannot overflow: 1 / (1 + t) for x >= 0, t / (1 + t) below 0.
  const V one = hn::Set(d, 1.0f);
  const V t = simd_exp(d, hn::Neg(hn::Abs(x)));
  const V top = hn::IfThenElse(hn::Lt(x, hn::Zero(d)), t, one);
  return hn::Div(top, hn::Add(one, t));
}

template <class D, class V>
HWY_INLINE V simd_tanh(D d, V x) {
  const V a = hn::Abs(x), one = hn::Set(d, 1.0f);
  // |x| < 0.625: x + x³ p(x²), p fitted to (tanh x - x) / x³.
  const V z = hn::Mul(x, x);
  const V p = polynomial(d, z, -0.333333332f, 0.13333305f, -0.0539595537f, 0.0217710158f,
                         -0.00835005907f, 0.00229898869f);
  const V small = hn::MulAdd(hn::Mul(x, z), p, x);
  const V t = simd_exp(d, hn::Mul(a, hn::Set(d, -2.0f)));
  const V large = hn::CopySignToAbs(hn::Div(hn::Sub(one, t), hn::Add(one, t)), x);
  const V y = hn::IfThenElse(hn::Lt(a, hn::Set(d, 0.625f)), small, large);
  return hn::IfThenElse(hn::IsNaN(x), x, y);
}

template <class D, class V>
HWY_INLINE V simd_erf(D d, V x) {
  const V a = hn::Min(hn::Abs(x), hn::Set(d, 4.0f));  // erf(4) rounds to 1
  // |x| < 1: x p(x²), p fitted to erf(x) / x.
  const V z = hn::Mul(a, a);
  const V small =
      hn::Mul(x, polynomial(d, z, 1.12837917f, -0.376126271f, 0.112836002f, -0.0268544445f,
                            0.0051895351f, -0.000802083911f, 7.88911229e-05f));
  // |x| >= 1: 1 - e^-q(|x|), q fitted to -ln erfc.
  const V q = polynomial(d, a, 0.000332658301f, 1.12712263f, 0.638093341f, 0.103148171f,
                         -0.0218564116f, 0.00295190254f, -0.000186779703f);
  const V large = hn::CopySignToAbs(hn::Sub(hn::Set(d, 1.0f), simd_exp(d, hn::Neg(q))), x);
  const V y = hn::IfThenElse(hn::Lt(a, hn::Set(d, 1.0f)), small, large);
  return hn::IfThenElse(hn::IsNaN(x), x, y);
}

/// Applies a scalar function to each lane, for functions that are seldom used and have no short
/// vector form.
template <class D, class F, class... V>
HWY_INLINE hn::Vec<D> lanewise(D d, F f, V... v) {
  constexpr size_t kMost = HWY_MAX_BYTES / sizeof(float);
  constexpr size_t kOperands = sizeof...(V);
  alignas(HWY_MAX_BYTES) float x[kOperands][kMost], y[kMost];
  size_t k = 0;
  (hn::StoreU(v, d, x[k++]), ...);
  for (size_t i = 0; i < hn::Lanes(d); ++i) {
    if constexpr (kOperands == 1)
      y[i] = f(x[0][i]);
    else
      y[i] = f(x[0][i], x[1][i]);
  }
  return hn::LoadU(d, y);
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per target
