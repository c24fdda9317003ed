#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/softmax.cpp"
#include <hwy/foreach_target.h>

#include <cmath>
#include <limits>

#include "framework/kernels/cpu/shared/simd_along_dim-inl.h"
#include "framework/kernels/cpu/shared/simd_rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

struct SoftmaxRow {
  template <class T>
  HWY_ATTR void operator()(const T* const* in, T* y, int64_t n) const {
    const T* x = in[0];
    const VF most = largest(x, n);
    VF total = hn::Zero(F32());
    constexpr bool kKeep = std::is_same_v<T, float>;  // bf16 would round the exponentials
    each_vector(n, [&](int64_t i, int64_t count) TESSERA_BODY {
      const VF e = exp_of_negative(
          hn::Sub(load_part(x + i, count, -std::numeric_limits<float>::infinity()), most));
      total = hn::Add(total, e);
      if constexpr (kKeep) store_part(e, y + i, count);
    });
    const VF scale = splat(1.0f / sum_of(total));
    each_vector(n, [&](int64_t i, int64_t count) TESSERA_BODY {
      VF e;
      if constexpr (kKeep)
        e = load_part(y + i, count);
      else
        e = exp_of_negative(hn::Sub(load_part(x + i, count), most));
      store_part(hn::Mul(e, scale), y + i, count);
    });
  }
};

/// dx = y (dy - sum(y dy)).
struct SoftmaxGradRow {
  template <class T>
  HWY_ATTR void operator()(const T* const* in, T* dx, int64_t n) const {
    const T *y = in[0], *dy = in[1];
    VF total = hn::Zero(F32());
    each_vector(n, [&](int64_t i, int64_t count) TESSERA_BODY {
      total = hn::MulAdd(load_part(y + i, count), load_part(dy + i, count), total);
    });
    const VF sum = splat(sum_of(total));
    each_vector(n, [&](int64_t i, int64_t count) TESSERA_BODY {
      const VF d = hn::Sub(load_part(dy + i, count), sum);
      store_part(hn::Mul(load_part(y + i, count), d), dx + i, count);
    });
  }
};

Kernel make_softmax(const KernelSpec& spec) { return along_dim<1>(spec, SoftmaxRow()); }
Kernel make_softmax_grad(const KernelSpec& spec) { return along_dim<2>(spec, SoftmaxGradRow()); }

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(softmax);
TESSERA_SIMD_KERNEL(softmax_grad);
}  // namespace tessera::cpu
#endif
