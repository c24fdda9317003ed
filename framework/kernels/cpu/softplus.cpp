#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/softplus.cpp"
#include <hwy/foreach_target.h>

#include "framework/kernels/cpu/shared/simd_elementwise-inl.h"
#include "framework/kernels/cpu/shared/simd_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

struct Softplus {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    const V rest = simd_log1p(d, simd_exp(d, hn::Neg(hn::Abs(x))));
    // NaN stays: the comparison fails and x is kept.
    return hn::Add(hn::IfThenZeroElse(hn::Lt(x, hn::Zero(d)), x), rest);
  }
};

Kernel make_softplus(const KernelSpec& spec) { return float_elementwise<1>(spec, Softplus()); }

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(softplus);
}  // namespace tessera::cpu
#endif
