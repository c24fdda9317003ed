#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/less.cpp"
#include <hwy/foreach_target.h>

#include "framework/kernels/cpu/shared/simd_elementwise-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

struct Less {
  template <class D, class V>
  HWY_INLINE hn::Vec<I32> operator()(D d, V a, V b) const {
    return boolean(d, hn::Lt(a, b));
  }
};

Kernel make_less(const KernelSpec& spec) { return comparison(spec, Less()); }

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(less);
}  // namespace tessera::cpu
#endif
