#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/sgd.cpp"
#include <hwy/foreach_target.h>

#include "framework/core/update_operands.h"
#include "framework/kernels/cpu/shared/simd_rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

/// A thread takes whole blocks of the sweep, so that no two write one cache line.
constexpr int64_t kSweepBlock = 4096;

struct SgdRates {
  float momentum, clip, keep, lr;
};

template <class G, bool buffered, bool copy>
HWY_ATTR void sgd_range(float* param, const G* grad, float* buffer, bfloat16* narrow, int64_t n,
                        const SgdRates& rates) {
  const VF momentum = splat(rates.momentum), clip = splat(rates.clip);
  const VF keep = splat(rates.keep), lr = splat(rates.lr);
  each_vector(n, [&](int64_t i, int64_t count) TESSERA_BODY {
    VF b = hn::Mul(load_part(grad + i, count), clip);
    if constexpr (buffered) {
      b = hn::MulAdd(momentum, load_part(buffer + i, count), b);
      store_part(b, buffer + i, count);
    }
    const VF new_param = hn::NegMulAdd(lr, b, hn::Mul(keep, load_part(param + i, count)));
    store_part(new_param, param + i, count);
    if constexpr (copy) store_part(new_param, narrow + i, count);
  });
}

template <class G, bool buffered, bool copy>
Kernel sgd_of(const KernelSpec& spec) {
  const int64_t n = spec.in[0].numel();
  const auto momentum = static_cast<float>(spec.attrs.real("momentum"));
  const double decay = spec.attrs.real("weight_decay");
  const UpdateOperands at(spec.attrs);
  return {
      [=](const KernelArgs& args) {
        if (!*args.input<uint8_t>(at.apply)) return;
        const float lr = *args.input<float>(at.learning_rate);
        const SgdRates rates{momentum, *args.input<float>(at.clip_scale),
                             static_cast<float>(1 - static_cast<double>(lr) * decay), lr};
        parallel_for((n + kSweepBlock - 1) / kSweepBlock, 4, [&](int64_t begin, int64_t end, int) {
          const int64_t from = begin * kSweepBlock, to = std::min(end * kSweepBlock, n);
          sgd_range<G, buffered, copy>(
              args.output<float>(0) + from, args.input<G>(at.gradient) + from,
              buffered ? args.output<float>(at.first_result) + from : nullptr,
              copy ? args.output<bfloat16>(*at.copy_result) + from : nullptr, to - from, rates);
        });
      },
      0};
}

Kernel make_sgd(const KernelSpec& spec) {
  require(spec.in[0].dtype == DType::f32, "the cpu backend has no sgd of {}", spec.in[0].dtype);
  const UpdateOperands at(spec.attrs);
  return dispatch_simd(spec.in[at.gradient].dtype, spec.op, [&]<class G>(Tag<G>) {
    if (at.buffers > 0) return at.copy ? sgd_of<G, true, true>(spec) : sgd_of<G, true, false>(spec);
    return at.copy ? sgd_of<G, false, true>(spec) : sgd_of<G, false, false>(spec);
  });
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(sgd);
}  // namespace tessera::cpu
#endif
