#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/cross_entropy.cpp"
#include <hwy/foreach_target.h>

#include <cmath>
#include <limits>

#include "framework/core/part.h"
#include "framework/kernels/cpu/shared/simd_rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

struct LossSizes {
  int64_t rows, classes;
  float smoothing;
};
LossSizes loss_sizes(const KernelSpec& spec) {
  const int64_t classes = spec.in[0].shape.back();
  const double smoothing =
      spec.attrs.has("label_smoothing") ? spec.attrs.real("label_smoothing") : 0.0;
  return {spec.in[0].numel() / classes, classes, static_cast<float>(smoothing)};
}

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/// ln sum e^x and, when `mean` is wanted, the mean of x, in one pass over memory: block by block,
/// each read twice from the first cache, with the sum brought to a new maximum where one appears.
template <class T>
HWY_ATTR float log_sum_exp(const T* x, int64_t n, float* mean) {
  constexpr int64_t kBlock = 1024;
  constexpr float kNone = -std::numeric_limits<float>::infinity();
  float most = kNone;
  VF total = hn::Zero(F32());
  double plain = 0;
  for (int64_t start = 0; start < n; start += kBlock) {
    const T* block = x + start;
    const int64_t length = std::min(kBlock, n - start);
    VF high = splat(kNone), sum = hn::Zero(F32());
    each_vector(length, [&](int64_t i, int64_t count) TESSERA_BODY {
      high = hn::Max(load_part(block + i, count, kNone), high);
    });
    const float block_most = max_of(high);
    if (block_most > most) {
      total = hn::Mul(total, exp_of_negative(splat(most - block_most)));
      most = block_most;
    }
    // While all elements are -inf, x - most would be NaN.
    const VF shift = splat(most == kNone ? 0.0f : most);
    each_vector(length, [&](int64_t i, int64_t count) TESSERA_BODY {
      total = hn::Add(total, exp_of_negative(hn::Sub(load_part(block + i, count, kNone), shift)));
    });
    if (mean) {
      each_vector(length, [&](int64_t i, int64_t count)
                              TESSERA_BODY { sum = hn::Add(sum, load_part(block + i, count)); });
      plain += static_cast<double>(sum_of(sum));
    }
  }
  if (mean) *mean = static_cast<float>(plain / static_cast<double>(n));
  return most + std::log(sum_of(total));
}

template <class T>
Kernel cross_entropy_of(const KernelSpec& spec) {
  const LossSizes sizes = loss_sizes(spec);
  return {[sizes](const KernelArgs& args) {
            const auto* labels = args.input<int32_t>(1);
            const auto* weights = args.input<float>(2);
            auto *loss = args.output<float>(0), *lse_out = args.output<float>(1);
            parallel_for(
                sizes.rows, 1 + 8192 / sizes.classes, [&](int64_t begin, int64_t end, int) {
                  for (int64_t r = begin; r < end; ++r) {
                    if (labels[r] < 0) {
                      loss[r] = lse_out[r] = 0;
                      continue;
                    }
                    const T* row = args.input<T>(0) + r * sizes.classes;
                    const float s = sizes.smoothing;
                    float mean = 0;
                    const float lse = log_sum_exp(row, sizes.classes, s != 0 ? &mean : nullptr);
                    const float logit =
                        labels[r] < sizes.classes ? static_cast<float>(row[labels[r]]) : kNan;
                    const float own = lse - logit, spread = lse - mean;
                    loss[r] = weights[r] * (s != 0 ? (1 - s) * own + s * spread : own);
                    lse_out[r] = lse;
                  }
                });
          },
          0};
}

Kernel make_cross_entropy(const KernelSpec& spec) {
  return dispatch_simd(spec.in[0].dtype, spec.op,
                       [&]<class T>(Tag<T>) { return cross_entropy_of<T>(spec); });
}

/// Both statistics of the classes held, which are the part `part` of all classes.
template <class T>
Kernel class_statistics_of(const KernelSpec& spec) {
  const int64_t n = spec.in[0].shape.back(), rows = spec.in[1].numel();
  return {[=, part = dim_part(spec.attrs, n)](const KernelArgs& args) {
            const auto* labels = args.input<int32_t>(1);
            auto *picked = args.output<float>(0), *lse = args.output<float>(1);
            parallel_for(rows, 1 + 8192 / n, [&](int64_t begin, int64_t end, int) {
              for (int64_t r = begin; r < end; ++r) {
                const T* row = args.input<T>(0) + r * n;
                const int64_t own = labels[r] - part.first;
                picked[r] = labels[r] >= part.whole ? kNan
                            : own >= 0 && own < n   ? static_cast<float>(row[own])
                                                    : 0.0f;
                lse[r] = log_sum_exp(row, n, nullptr);
              }
            });
          },
          0};
}

Kernel make_class_statistics(const KernelSpec& spec) {
  return dispatch_simd(spec.in[0].dtype, spec.op,
                       [&]<class T>(Tag<T>) { return class_statistics_of<T>(spec); });
}

/// Computes scale · (softmax - target), the target being 1 - s at the label, if it is one of the
/// n, and `spread` everywhere.
template <class T>
HWY_ATTR void cross_entropy_grad_row(const T* x, T* dx, int64_t n, int64_t label, float lse,
                                     float scale, float s, float spread) {
  const bool held = label >= 0 && label < n;
  // The logit is read before dx is written, which may lie where x does.
  const float logit = held ? static_cast<float>(x[label]) : 0.0f;
  const VF vlse = splat(lse), vscale = splat(scale), vspread = splat(spread);
  each_vector(n, [&](int64_t i, int64_t count) TESSERA_BODY {
    const VF p = exp_of_negative(hn::Sub(load_part(x + i, count), vlse));
    store_part(hn::Mul(hn::Sub(p, vspread), vscale), dx + i, count);
  });
  const float target = (1 - s) + spread;
  if (held) dx[label] = static_cast<T>(scale * (std::exp(logit - lse) - target));
}

template <class T>
Kernel cross_entropy_grad_of(const KernelSpec& spec) {
  const LossSizes sizes = loss_sizes(spec);
  const DimPart part = dim_part(spec.attrs, sizes.classes);
  return {[sizes, part](const KernelArgs& args) {
            const auto* labels = args.input<int32_t>(1);
            const auto *weights = args.input<float>(2), *lse = args.input<float>(3),
                       *dloss = args.input<float>(4);
            const int64_t n = sizes.classes;
            const float s = sizes.smoothing, spread = s / static_cast<float>(part.whole);
            parallel_for(sizes.rows, 1 + 8192 / n, [&](int64_t begin, int64_t end, int) {
              for (int64_t r = begin; r < end; ++r) {
                const T* x = args.input<T>(0) + r * n;
                T* dx = args.output<T>(0) + r * n;
                if (labels[r] < 0)
                  std::fill(dx, dx + n, static_cast<T>(0.0f));
                else if (labels[r] >= part.whole)
                  std::fill(dx, dx + n, static_cast<T>(kNan));
                else
                  cross_entropy_grad_row(x, dx, n, labels[r] - part.first, lse[r],
                                         weights[r] * dloss[r], s, spread);
              }
            });
          },
          0};
}

Kernel make_cross_entropy_grad(const KernelSpec& spec) {
  return dispatch_simd(spec.in[0].dtype, spec.op,
                       [&]<class T>(Tag<T>) { return cross_entropy_grad_of<T>(spec); });
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(cross_entropy);
TESSERA_SIMD_KERNEL(cross_entropy_grad);
TESSERA_SIMD_KERNEL(class_statistics);
}  // namespace tessera::cpu
#endif
