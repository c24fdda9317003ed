#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/pow.cpp"
#include <hwy/foreach_target.h>

#include <cmath>

#include "framework/kernels/cpu/shared/simd_elementwise-inl.h"
#include "framework/kernels/cpu/shared/simd_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

struct Pow {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V a, V b) const {
    return lanewise(
        d, [](float x, float y) { return std::pow(x, y); }, a, b);
  }
};

Kernel make_pow(const KernelSpec& spec) { return float_elementwise<2>(spec, Pow()); }

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(pow);
}  // namespace tessera::cpu
#endif
