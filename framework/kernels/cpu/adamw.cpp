#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/adamw.cpp"
#include <hwy/foreach_target.h>

#include <cmath>

#include "framework/core/update_operands.h"
#include "framework/kernels/cpu/shared/simd_rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

/// A thread takes whole blocks of the sweep, so that no two write one cache line.
constexpr int64_t kSweepBlock = 4096;

/// rest1 is 1 - beta1 of the exact beta1, not of its float; likewise rest2.
struct AdamwRates {
  float beta1, rest1, beta2, rest2, eps, clip, keep, step, correction;
};

/// Computes param = keep · param - step · m / (sqrt(v) · correction + eps), and the new m and v.
template <class G, bool copy>
HWY_ATTR void adamw_range(float* param, const G* grad, float* m, float* v, bfloat16* narrow,
                          int64_t n, const AdamwRates& rates) {
  const VF beta1 = splat(rates.beta1), rest1 = splat(rates.rest1);
  const VF beta2 = splat(rates.beta2), rest2 = splat(rates.rest2);
  const VF clip = splat(rates.clip), eps = splat(rates.eps), keep = splat(rates.keep);
  const VF step = splat(rates.step), correction = splat(rates.correction);
  each_vector(n, [&](int64_t i, int64_t count) TESSERA_BODY {
    const VF g = hn::Mul(load_part(grad + i, count), clip);
    const VF new_m = hn::MulAdd(beta1, load_part(m + i, count), hn::Mul(rest1, g));
    const VF new_v = hn::MulAdd(beta2, load_part(v + i, count), hn::Mul(rest2, hn::Mul(g, g)));
    const VF denominator = hn::MulAdd(hn::Sqrt(new_v), correction, eps);
    const VF change = hn::Div(hn::Mul(step, new_m), denominator);
    const VF new_param = hn::Sub(hn::Mul(keep, load_part(param + i, count)), change);
    store_part(new_m, m + i, count);
    store_part(new_v, v + i, count);
    store_part(new_param, param + i, count);
    if constexpr (copy) store_part(new_param, narrow + i, count);
  });
}

template <class G, bool copy>
Kernel adamw_of(const KernelSpec& spec) {
  const int64_t n = spec.in[0].numel();
  const double beta1 = spec.attrs.real("beta1"), beta2 = spec.attrs.real("beta2"),
               eps = spec.attrs.real("eps"), decay = spec.attrs.real("weight_decay");
  const UpdateOperands at(spec.attrs);
  const size_t m = at.first_result, v = m + 1, number = at.number.value();
  const bool wide = spec.in[number].dtype == DType::i64;
  return {
      [=](const KernelArgs& args) {
        if (!*args.input<uint8_t>(at.apply)) return;
        const double lr = static_cast<double>(*args.input<float>(at.learning_rate));
        const auto t =
            static_cast<double>(wide ? *args.input<int64_t>(number) : *args.input<int32_t>(number));
        const AdamwRates rates{static_cast<float>(beta1),
                               static_cast<float>(1 - beta1),
                               static_cast<float>(beta2),
                               static_cast<float>(1 - beta2),
                               static_cast<float>(eps),
                               *args.input<float>(at.clip_scale),
                               static_cast<float>(1 - lr * decay),
                               static_cast<float>(lr / (1 - std::pow(beta1, t))),
                               static_cast<float>(1 / std::sqrt(1 - std::pow(beta2, t)))};
        parallel_for((n + kSweepBlock - 1) / kSweepBlock, 4, [&](int64_t begin, int64_t end, int) {
          const int64_t from = begin * kSweepBlock, to = std::min(end * kSweepBlock, n);
          adamw_range<G, copy>(args.output<float>(0) + from, args.input<G>(at.gradient) + from,
                               args.output<float>(m) + from, args.output<float>(v) + from,
                               copy ? args.output<bfloat16>(*at.copy_result) + from : nullptr,
                               to - from, rates);
        });
      },
      0};
}

Kernel make_adamw(const KernelSpec& spec) {
  require(spec.in[0].dtype == DType::f32, "the cpu backend has no adamw of {}", spec.in[0].dtype);
  const UpdateOperands at(spec.attrs);
  return dispatch_simd(spec.in[at.gradient].dtype, spec.op, [&]<class G>(Tag<G>) {
    return at.copy ? adamw_of<G, true>(spec) : adamw_of<G, false>(spec);
  });
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(adamw);
}  // namespace tessera::cpu
#endif
