#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/tanh.cpp"
#include <hwy/foreach_target.h>

#include "framework/kernels/cpu/shared/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

struct Tanh {
  HWY_INLINE VF operator()(F32, VF x) const { return simd_tanh(F32(), x); }
};

struct TanhGrad {
  HWY_INLINE VF operator()(F32, VF y, VF dy) const {
    return hn::Mul(dy, hn::NegMulAdd(y, y, splat(1.0f)));
  }
};

Kernel make_tanh(const KernelSpec& spec) { return float_elementwise<1>(spec, Tanh()); }
Kernel make_tanh_grad(const KernelSpec& spec) { return float_elementwise<2>(spec, TanhGrad()); }

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(tanh);
TESSERA_SIMD_KERNEL(tanh_grad);
}  // namespace tessera::cpu
#endif
