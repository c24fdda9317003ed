#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/log_softmax.cpp"
#include <hwy/foreach_target.h>

#include <cmath>
#include <limits>

#include "framework/kernels/cpu/shared/simd_along_dim-inl.h"
#include "framework/kernels/cpu/shared/simd_rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

struct LogSoftmaxRow {
  template <class T>
  HWY_ATTR void operator()(const T* const* in, T* y, int64_t n) const {
    const T* x = in[0];
    const VF most = largest(x, n);
    VF total = hn::Zero(F32());
    each_vector(n, [&](int64_t i, int64_t count) TESSERA_BODY {
      total = hn::Add(total,
                      exp_of_negative(hn::Sub(
                          load_part(x + i, count, -std::numeric_limits<float>::infinity()), most)));
    });
    const VF log_total = splat(std::log(sum_of(total)));
    each_vector(n, [&](int64_t i, int64_t count) TESSERA_BODY {
      store_part(hn::Sub(hn::Sub(load_part(x + i, count), most), log_total), y + i, count);
    });
  }
};

/// dx = dy - e^y sum(dy).
struct LogSoftmaxGradRow {
  template <class T>
  HWY_ATTR void operator()(const T* const* in, T* dx, int64_t n) const {
    const T *y = in[0], *dy = in[1];
    VF total = hn::Zero(F32());
    each_vector(n, [&](int64_t i, int64_t count)
                       TESSERA_BODY { total = hn::Add(total, load_part(dy + i, count)); });
    const VF sum = splat(sum_of(total));
    each_vector(n, [&](int64_t i, int64_t count) TESSERA_BODY {
      const VF e = exp_of_negative(load_part(y + i, count));
      store_part(hn::NegMulAdd(e, sum, load_part(dy + i, count)), dx + i, count);
    });
  }
};

Kernel make_log_softmax(const KernelSpec& spec) { return along_dim<1>(spec, LogSoftmaxRow()); }
Kernel make_log_softmax_grad(const KernelSpec& spec) {
  return along_dim<2>(spec, LogSoftmaxGradRow());
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(log_softmax);
TESSERA_SIMD_KERNEL(log_softmax_grad);
}  // namespace tessera::cpu
#endif
