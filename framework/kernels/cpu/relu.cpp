#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/relu.cpp"
#include <hwy/foreach_target.h>

#include "framework/kernels/cpu/shared/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

struct Relu {
  HWY_INLINE VF operator()(F32, VF x) const {
    // NaN stays: the comparison fails and x is kept.
    return hn::IfThenZeroElse(hn::Lt(x, hn::Zero(F32())), x);
  }
};

struct ReluGrad {
  HWY_INLINE VF operator()(F32, VF y, VF dy) const {
    return hn::IfThenElse(hn::Gt(y, hn::Zero(F32())), dy,
                          hn::IfThenElse(hn::IsNaN(y), y, hn::Zero(F32())));
  }
};

Kernel make_relu(const KernelSpec& spec) { return float_elementwise<1>(spec, Relu()); }
Kernel make_relu_grad(const KernelSpec& spec) { return float_elementwise<2>(spec, ReluGrad()); }

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(relu);
TESSERA_SIMD_KERNEL(relu_grad);
}  // namespace tessera::cpu
#endif
