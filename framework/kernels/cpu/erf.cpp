#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/erf.cpp"
#include <hwy/foreach_target.h>

#include "framework/kernels/cpu/shared/simd_elementwise-inl.h"
#include "framework/kernels/cpu/shared/simd_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

struct Erf {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    return simd_erf(d, x);
  }
};

Kernel make_erf(const KernelSpec& spec) { return float_elementwise<1>(spec, Erf()); }

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(erf);
}  // namespace tessera::cpu
#endif
