#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/rms_norm.cpp"
#include <hwy/foreach_target.h>

#include <cmath>

#include "framework/kernels/cpu/shared/row_chunks.h"
#include "framework/kernels/cpu/shared/simd_rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

template <class T, class U>
HWY_ATTR void rms_row(const T* x, const float* gain, U* y, float* rstd_out, int64_t width,
                      float eps) {
  VF squares = hn::Zero(F32());
  each_vector(width, [&](int64_t i, int64_t count) TESSERA_BODY {
    const VF v = load_part(x + i, count);
    squares = hn::MulAdd(v, v, squares);
  });
  const float rstd = 1.0f / std::sqrt(sum_of(squares) / static_cast<float>(width) + eps);
  each_vector(width, [&](int64_t i, int64_t count) TESSERA_BODY {
    const VF normal = hn::Mul(load_part(x + i, count), splat(rstd));
    store_part(hn::Mul(normal, load_part(gain + i, count)), y + i, count);
  });
  *rstd_out = rstd;
}

template <class T, class U>
Kernel rms_norm_of(const KernelSpec& spec) {
  const int64_t width = spec.in[0].shape.back(), rows = spec.in[0].numel() / width;
  const auto eps = static_cast<float>(spec.attrs.real("eps"));
  return {[=](const KernelArgs& args) {
            parallel_for(rows, 1 + 16384 / width, [&](int64_t begin, int64_t end, int) {
              for (int64_t r = begin; r < end; ++r)
                rms_row(args.input<T>(0) + r * width, args.input<float>(1),
                        args.output<U>(0) + r * width, args.output<float>(1) + r, width, eps);
            });
          },
          0};
}

Kernel make_rms_norm(const KernelSpec& spec) {
  return dispatch_simd(spec.in[0].dtype, spec.op, [&]<class T>(Tag<T>) {
    return dispatch_simd(spec.out[0].dtype, spec.op,
                         [&]<class U>(Tag<U>) { return rms_norm_of<T, U>(spec); });
  });
}

/// Computes one row: with n = x rstd and g = dy · gain, dx = rstd (g - n mean(g n)).
template <class T, class U, bool add>
HWY_ATTR void rms_grad_row(const T* x, const float* gain, float rstd, const U* dy, const T* extra,
                           T* dx, float* dgain, int64_t width) {
  const VF vrstd = splat(rstd);
  VF sum_gn = hn::Zero(F32());
  each_vector(width, [&](int64_t i, int64_t count) TESSERA_BODY {
    const VF vdy = load_part(dy + i, count);
    const VF n = hn::Mul(load_part(x + i, count), vrstd);
    sum_gn = hn::MulAdd(hn::Mul(vdy, load_part(gain + i, count)), n, sum_gn);
    store_part(hn::MulAdd(vdy, n, load_part(dgain + i, count)), dgain + i, count);
  });
  const VF mean_gn = splat(sum_of(sum_gn) / static_cast<float>(width));
  each_vector(width, [&](int64_t i, int64_t count) TESSERA_BODY {
    const VF n = hn::Mul(load_part(x + i, count), vrstd);
    const VF g = hn::Mul(load_part(dy + i, count), load_part(gain + i, count));
    VF d = hn::Mul(hn::NegMulAdd(n, mean_gn, g), vrstd);
    if constexpr (add) d = hn::Add(d, load_part(extra + i, count));
    store_part(d, dx + i, count);
  });
}

template <class T, class U, bool add>
Kernel rms_norm_grad_of(const KernelSpec& spec) {
  const int64_t width = spec.in[0].shape.back();
  const RowChunks chunks(spec.in[0].numel() / width);
  return {[=](const KernelArgs& args) {
            float* sums = static_cast<float*>(args.scratch);  // [chunks, width]
            parallel_for(chunks.count, 1, [&](int64_t begin, int64_t end, int) {
              for (int64_t c = begin; c < end; ++c) {
                float* dgain = sums + c * width;
                std::fill(dgain, dgain + width, 0.0f);
                for (int64_t r = chunks.begin(c); r < chunks.begin(c + 1); ++r)
                  rms_grad_row<T, U, add>(args.input<T>(0) + r * width, args.input<float>(1),
                                          args.input<float>(2)[r], args.input<U>(3) + r * width,
                                          add ? args.input<T>(4) + r * width : nullptr,
                                          args.output<T>(0) + r * width, dgain, width);
              }
            });
            add_chunks(sums, chunks.count, width, width, args.output<float>(1));
          },
          static_cast<size_t>(chunks.count * width) * sizeof(float)};
}

Kernel make_rms_norm_grad(const KernelSpec& spec) {
  return dispatch_simd(spec.in[0].dtype, spec.op, [&]<class T>(Tag<T>) {
    return dispatch_simd(spec.in[3].dtype, spec.op, [&]<class U>(Tag<U>) {
      return spec.attrs.flag("add") ? rms_norm_grad_of<T, U, true>(spec)
                                    : rms_norm_grad_of<T, U, false>(spec);
    });
  });
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(rms_norm);
TESSERA_SIMD_KERNEL(rms_norm_grad);
}  // namespace tessera::cpu
#endif
