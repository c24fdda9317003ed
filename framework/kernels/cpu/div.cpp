#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/div.cpp"
#include <hwy/foreach_target.h>

#include "framework/kernels/cpu/shared/simd_elementwise-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

struct Div {
  template <class D, class V>
  HWY_INLINE V operator()(D, V a, V b) const {
    return hn::Div(a, b);
  }
};

Kernel make_div(const KernelSpec& spec) { return float_elementwise<2>(spec, Div()); }

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(div);
}  // namespace tessera::cpu
#endif
