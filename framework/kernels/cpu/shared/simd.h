// Which of the instruction sets that Highway compiled a kernel for is used: the best one of this
// machine that the profile's `isa` allows. It is chosen when the kernel is prepared, from the
// profile alone; Highway's own choice is one per process and could not serve two profiles. A file
// made with hwy/foreach_target.h defines `Kernel make_sqrt(const KernelSpec&)` per target and ends
// with TESSERA_SIMD_KERNEL(sqrt), which defines sqrt_kernel.
#pragma once

#include <hwy/highway.h>

#include "framework/device/kernel.h"

namespace tessera::cpu {

/// Highway's bits of the targets that `isa` allows: all that are no better than `isa`. (A smaller
/// bit is a better target.)
inline int64_t simd_targets(Isa isa) {
#if HWY_ARCH_X86
  if (isa == Isa::sse41) return -HWY_SSE4;
  if (isa == Isa::avx2) return -HWY_AVX2;
#endif
  (void)isa;
  return -1;
}

inline hwy::ChosenTarget& choose_simd(hwy::ChosenTarget&& target, Isa isa) {
  static const int64_t supported = hwy::SupportedTargets();  // asks the processor anew each time
  target.Update(supported & simd_targets(isa));
  return target;
}

}  // namespace tessera::cpu

#if HWY_IDE || ((HWY_TARGETS & (HWY_TARGETS - 1)) == 0)
#define TESSERA_SIMD(function, isa) (*(HWY_DISPATCH_TABLE(function)[((void)(isa), 0)]))
#else
#define TESSERA_SIMD(function, isa) \
  (*(HWY_DISPATCH_TABLE(function)[tessera::cpu::choose_simd(hwy::ChosenTarget(), isa).GetIndex()]))
#endif

#define TESSERA_SIMD_KERNEL(op)                             \
  HWY_EXPORT(make_##op);                                    \
  Kernel op##_kernel(const KernelSpec& spec) {              \
    return TESSERA_SIMD(make_##op, spec.profile.isa)(spec); \
  }                                                         \
  static_assert(true)
