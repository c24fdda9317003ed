#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/add.cpp"
#include <hwy/foreach_target.h>

#include "framework/kernels/cpu/shared/simd_elementwise-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

struct Add {
  template <class D, class V>
  HWY_INLINE V operator()(D, V a, V b) const {
    return hn::Add(a, b);
  }
};

/// Adds counters: i64 without broadcasting.
Kernel add_counters(int64_t n) {
  return {[n](const KernelArgs& args) {
            for (int64_t i = 0; i < n; ++i)
              args.output<int64_t>(0)[i] = args.input<int64_t>(0)[i] + args.input<int64_t>(1)[i];
          },
          0};
}

Kernel make_add(const KernelSpec& spec) {
  if (spec.out[0].dtype == DType::i64 && spec.in[0] == spec.in[1])
    return add_counters(spec.out[0].numel());
  return number_elementwise<2>(spec, Add());
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(add);
}  // namespace tessera::cpu
#endif
