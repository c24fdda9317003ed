#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/cos.cpp"
#include <hwy/foreach_target.h>

#include <cmath>

#include "framework/kernels/cpu/shared/simd_elementwise-inl.h"
#include "framework/kernels/cpu/shared/simd_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

struct Cos {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    return lanewise(
        d, [](float v) { return std::cos(v); }, x);
  }
};

Kernel make_cos(const KernelSpec& spec) { return float_elementwise<1>(spec, Cos()); }

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(cos);
}  // namespace tessera::cpu
#endif
