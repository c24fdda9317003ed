#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/layer_norm.cpp"
#include <hwy/foreach_target.h>

#include <cmath>

#include "framework/kernels/cpu/shared/row_chunks.h"
#include "framework/kernels/cpu/shared/simd_rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

struct NormSizes {
  int64_t rows, width;
  float eps;
};
NormSizes norm_sizes(const KernelSpec& spec) {
  const Shape& shape = spec.in[0].shape;
  return {spec.in[0].numel() / shape.back(), shape.back(),
          spec.attrs.has("eps") ? static_cast<float>(spec.attrs.real("eps")) : 0.0f};
}

template <class T, class U>
HWY_ATTR void norm_row(const T* x, const float* gain, const float* bias, U* y, float* mean_out,
                       float* rstd_out, int64_t width, float eps) {
  VF total = hn::Zero(F32());
  each_vector(width, [&](int64_t i, int64_t count)
                         TESSERA_BODY { total = hn::Add(total, load_part(x + i, count)); });
  const float mean = sum_of(total) / static_cast<float>(width);
  VF squares = hn::Zero(F32());
  each_vector(width, [&](int64_t i, int64_t count) TESSERA_BODY {
    const VF d = hn::Sub(load_part(x + i, count, mean), splat(mean));
    squares = hn::MulAdd(d, d, squares);
  });
  const float rstd = 1.0f / std::sqrt(sum_of(squares) / static_cast<float>(width) + eps);
  each_vector(width, [&](int64_t i, int64_t count) TESSERA_BODY {
    const VF normal = hn::Mul(hn::Sub(load_part(x + i, count), splat(mean)), splat(rstd));
    const VF result = hn::MulAdd(normal, load_part(gain + i, count), load_part(bias + i, count));
    store_part(result, y + i, count);
  });
  *mean_out = mean;
  *rstd_out = rstd;
}

template <class T, class U>
Kernel layer_norm_of(const KernelSpec& spec) {
  const NormSizes sizes = norm_sizes(spec);
  return {[sizes](const KernelArgs& args) {
            parallel_for(sizes.rows, 1 + 16384 / sizes.width, [&](int64_t begin, int64_t end, int) {
              for (int64_t r = begin; r < end; ++r)
                norm_row(args.input<T>(0) + r * sizes.width, args.input<float>(1),
                         args.input<float>(2), args.output<U>(0) + r * sizes.width,
                         args.output<float>(1) + r, args.output<float>(2) + r, sizes.width,
                         sizes.eps);
            });
          },
          0};
}

Kernel make_layer_norm(const KernelSpec& spec) {
  return dispatch_simd(spec.in[0].dtype, spec.op, [&]<class T>(Tag<T>) {
    return dispatch_simd(spec.out[0].dtype, spec.op,
                         [&]<class U>(Tag<U>) { return layer_norm_of<T, U>(spec); });
  });
}

/// Computes one row: with n = (x - mean) rstd and g = dy · gain, dx = rstd (g - mean(g) - n mean(g
/// n)).
template <class T, class U, bool add>
HWY_ATTR void norm_grad_row(const T* x, const float* gain, float mean, float rstd, const U* dy,
                            const T* extra, T* dx, float* dgain, float* dbias, int64_t width) {
  const VF vmean = splat(mean), vrstd = splat(rstd);
  VF sum_g = hn::Zero(F32()), sum_gn = hn::Zero(F32());
  each_vector(width, [&](int64_t i, int64_t count) TESSERA_BODY {
    const VF vdy = load_part(dy + i, count);
    const VF n = hn::Mul(hn::Sub(load_part(x + i, count), vmean), vrstd);
    const VF g = hn::Mul(vdy, load_part(gain + i, count));
    sum_g = hn::Add(sum_g, g);
    sum_gn = hn::MulAdd(g, n, sum_gn);
    store_part(hn::MulAdd(vdy, n, load_part(dgain + i, count)), dgain + i, count);
    store_part(hn::Add(vdy, load_part(dbias + i, count)), dbias + i, count);
  });
  const float w = static_cast<float>(width);
  const VF mean_g = splat(sum_of(sum_g) / w), mean_gn = splat(sum_of(sum_gn) / w);
  each_vector(width, [&](int64_t i, int64_t count) TESSERA_BODY {
    const VF n = hn::Mul(hn::Sub(load_part(x + i, count), vmean), vrstd);
    const VF g = hn::Mul(load_part(dy + i, count), load_part(gain + i, count));
    VF d = hn::Mul(hn::NegMulAdd(n, mean_gn, hn::Sub(g, mean_g)), vrstd);
    if constexpr (add) d = hn::Add(d, load_part(extra + i, count));
    store_part(d, dx + i, count);
  });
}

template <class T, class U, bool add>
Kernel layer_norm_grad_of(const KernelSpec& spec) {
  const NormSizes sizes = norm_sizes(spec);
  const RowChunks chunks(sizes.rows);
  return {[sizes, chunks](const KernelArgs& args) {
            const int64_t width = sizes.width;
            float* sums = static_cast<float*>(args.scratch);  // [chunks, 2, width]
            parallel_for(chunks.count, 1, [&](int64_t begin, int64_t end, int) {
              for (int64_t c = begin; c < end; ++c) {
                float* dgain = sums + 2 * c * width;
                std::fill(dgain, dgain + 2 * width, 0.0f);
                for (int64_t r = chunks.begin(c); r < chunks.begin(c + 1); ++r)
                  norm_grad_row<T, U, add>(
                      args.input<T>(0) + r * width, args.input<float>(1), args.input<float>(2)[r],
                      args.input<float>(3)[r], args.input<U>(4) + r * width,
                      add ? args.input<T>(5) + r * width : nullptr, args.output<T>(0) + r * width,
                      dgain, dgain + width, width);
              }
            });
            add_chunks(sums, chunks.count, 2 * width, width, args.output<float>(1));
            add_chunks(sums + width, chunks.count, 2 * width, width, args.output<float>(2));
          },
          static_cast<size_t>(2 * chunks.count * sizes.width) * sizeof(float)};
}

Kernel make_layer_norm_grad(const KernelSpec& spec) {
  return dispatch_simd(spec.in[0].dtype, spec.op, [&]<class T>(Tag<T>) {
    return dispatch_simd(spec.in[4].dtype, spec.op, [&]<class U>(Tag<U>) {
      return spec.attrs.flag("add") ? layer_norm_grad_of<T, U, true>(spec)
                                    : layer_norm_grad_of<T, U, false>(spec);
    });
  });
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(layer_norm);
TESSERA_SIMD_KERNEL(layer_norm_grad);
}  // namespace tessera::cpu
#endif
