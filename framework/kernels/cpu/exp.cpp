#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/exp.cpp"
#include <hwy/foreach_target.h>

#include "framework/kernels/cpu/shared/simd_elementwise-inl.h"
#include "framework/kernels/cpu/shared/simd_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

struct Exp {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    return simd_exp(d, x);
  }
};

Kernel make_exp(const KernelSpec& spec) { return float_elementwise<1>(spec, Exp()); }

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(exp);
}  // namespace tessera::cpu
#endif
