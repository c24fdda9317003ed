#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/sigmoid.cpp"
#include <hwy/foreach_target.h>

#include "framework/kernels/cpu/shared/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

struct Sigmoid {
  HWY_INLINE VF operator()(F32, VF x) const { return simd_sigmoid(F32(), x); }
};

struct SigmoidGrad {
  HWY_INLINE VF operator()(F32, VF y, VF dy) const { return hn::Mul(dy, hn::NegMulAdd(y, y, y)); }
};

Kernel make_sigmoid(const KernelSpec& spec) { return float_elementwise<1>(spec, Sigmoid()); }
Kernel make_sigmoid_grad(const KernelSpec& spec) {
  return float_elementwise<2>(spec, SigmoidGrad());
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(sigmoid);
TESSERA_SIMD_KERNEL(sigmoid_grad);
}  // namespace tessera::cpu
#endif
