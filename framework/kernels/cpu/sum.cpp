#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/sum.cpp"
#include <hwy/foreach_target.h>

#include "framework/kernels/cpu/shared/simd_reduce-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

struct SumOf {
  static constexpr float kIdentity = 0.0f;
  template <class V>
  HWY_INLINE V operator()(F32, V a, V b) const {
    return hn::Add(a, b);
  }
  template <class T>
  T operator()(T a, T b) const {
    return a + b;
  }
};

Kernel make_sum(const KernelSpec& spec) { return reduction(spec, SumOf()); }

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(sum);
}  // namespace tessera::cpu
#endif
