#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/sub.cpp"
#include <hwy/foreach_target.h>

#include "framework/kernels/cpu/shared/simd_elementwise-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

struct Sub {
  template <class D, class V>
  HWY_INLINE V operator()(D, V a, V b) const {
    return hn::Sub(a, b);
  }
};

Kernel make_sub(const KernelSpec& spec) { return number_elementwise<2>(spec, Sub()); }

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(sub);
}  // namespace tessera::cpu
#endif
