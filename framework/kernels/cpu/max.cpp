#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/max.cpp"
#include <hwy/foreach_target.h>

#include <limits>

#include "framework/kernels/cpu/shared/simd_reduce-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

struct MaxOf {
  static constexpr float kIdentity = -std::numeric_limits<float>::infinity();
  template <class V>
  HWY_INLINE V operator()(F32, V a, V b) const {
    // NaN goes through.
    return hn::IfThenElse(hn::Eq(b, b), hn::IfThenElse(hn::Lt(a, b), b, a), b);
  }
  template <class T>
  T operator()(T a, T b) const {
    return a < b || b != b ? b : a;
  }
};

Kernel make_max(const KernelSpec& spec) { return reduction(spec, MaxOf()); }

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(max);
}  // namespace tessera::cpu
#endif
