#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/gelu.cpp"
#include <hwy/foreach_target.h>

#include "framework/kernels/cpu/shared/simd_activations-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

struct GeluTanh {
  HWY_INLINE VF operator()(F32, VF x) const { return activate<DenseActivation::gelu_tanh>(x); }
};
struct GeluErf {
  HWY_INLINE VF operator()(F32, VF x) const { return activate<DenseActivation::gelu_erf>(x); }
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
