#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/gelu.cpp"
#include <hwy/foreach_target.h>

#include "framework/kernels/cpu/shared/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

// The tanh form is x σ(2u) with u = sqrt(2/π) (x + 0.044715 x³); beyond |x| = 10.5 σ(2u) is 0 or 1 in f32.
struct Gate {
  VF inside, sigma, slope;  // x within those bounds, σ(2u) and d(2u)/dx
};
HWY_INLINE Gate gate_of(VF x) {
  constexpr float k2Root = 1.59576912161f;  // 2 sqrt(2/π)
  const VF inside = hn::Max(splat(-10.5f), hn::Min(splat(10.5f), x));
  const VF square = hn::Mul(inside, inside);
  const VF u2 = hn::Mul(inside, hn::MulAdd(square, splat(0.044715f * k2Root), splat(k2Root)));
  return {inside, sigmoid_of(u2), hn::MulAdd(square, splat(3 * 0.044715f * k2Root), splat(k2Root))};
}

struct GeluTanh {
  HWY_INLINE VF operator()(F32, VF x) const { return hn::Mul(x, gate_of(x).sigma); }
};
struct GeluErf {
  HWY_INLINE VF operator()(F32, VF x) const { return hn::Mul(x, normal_of(x).cdf); }
};

struct GeluTanhGrad {
  HWY_INLINE VF operator()(F32, VF x, VF dy) const {
    const Gate gate = gate_of(x);
    const VF bend = hn::Mul(hn::Mul(gate.inside, gate.slope), hn::Sub(splat(1.0f), gate.sigma));
    return hn::Mul(dy, hn::MulAdd(gate.sigma, bend, gate.sigma));
  }
};
struct GeluErfGrad {
  HWY_INLINE VF operator()(F32, VF x, VF dy) const {
    const Normal normal = normal_of(x);
    const VF density = hn::Mul(normal.bell, splat(0.398942280401f));
    return hn::Mul(dy, hn::MulAdd(x, density, normal.cdf));
  }
};

Kernel make_gelu(const KernelSpec& spec) {
  if (spec.attrs.text("form") == "tanh") return float_elementwise<1>(spec, GeluTanh());
  return float_elementwise<1>(spec, GeluErf());
}
Kernel make_gelu_grad(const KernelSpec& spec) {
  if (spec.attrs.text("form") == "tanh") return float_elementwise<2>(spec, GeluTanhGrad());
  return float_elementwise<2>(spec, GeluErfGrad());
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(gelu);
TESSERA_SIMD_KERNEL(gelu_grad);
}  // namespace tessera::cpu
#endif
