#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/silu.cpp"
#include <hwy/foreach_target.h>

#include "framework/kernels/cpu/shared/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

struct Silu {
  HWY_INLINE VF operator()(F32, VF x) const { return hn::Mul(x, sigmoid_of(x)); }
};

struct SiluGrad {
  HWY_INLINE VF operator()(F32, VF x, VF dy) const {
    const VF s = sigmoid_of(x);
    // (x σ)' = σ (1 + x (1 - σ))
    const VF slope = hn::Mul(s, hn::MulAdd(x, hn::Sub(splat(1.0f), s), splat(1.0f)));
    return hn::Mul(dy, slope);
  }
};

Kernel make_silu(const KernelSpec& spec) { return float_elementwise<1>(spec, Silu()); }
Kernel make_silu_grad(const KernelSpec& spec) { return float_elementwise<2>(spec, SiluGrad()); }

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(silu);
TESSERA_SIMD_KERNEL(silu_grad);
}  // namespace tessera::cpu
#endif
