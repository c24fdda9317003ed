#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/sin.cpp"
#include <hwy/foreach_target.h>

#include <cmath>

#include "framework/kernels/cpu/shared/simd_elementwise-inl.h"
#include "framework/kernels/cpu/shared/simd_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

struct Sin {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    return lanewise(
        d, [](float v) { return std::sin(v); }, x);
  }
};

Kernel make_sin(const KernelSpec& spec) { return float_elementwise<1>(spec, Sin()); }

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(sin);
}  // namespace tessera::cpu
#endif
