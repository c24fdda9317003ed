// Kernels that work along one dim (attribute dim), from a functor for one contiguous row: struct
// SoftmaxRow { template <class T> void operator()(const T* const* in, T* out, int64_t n) const }.
// Along the last dim rows are used where they lie. Along another dim each row is copied to scratch
// and back, which is slow; models reduce along the last dim.
#if defined(TESSERA_SIMD_ALONG_DIM_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef TESSERA_SIMD_ALONG_DIM_INL_H
#undef TESSERA_SIMD_ALONG_DIM_INL_H
#else
#define TESSERA_SIMD_ALONG_DIM_INL_H
#endif

#include "framework/kernels/cpu/shared/simd_rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

template <size_t operands, class T, class F>
Kernel along_dim_of(const KernelSpec& spec, F f) {
  const Shape& shape = spec.in[0].shape;
  int64_t dim = spec.attrs.integer("dim");
  if (dim < 0) dim += spec.in[0].rank();
  int64_t inner = 1;
  for (int64_t d = dim + 1; d < spec.in[0].rank(); ++d) inner *= shape[static_cast<size_t>(d)];
  const int64_t n = shape[static_cast<size_t>(dim)], rows = spec.in[0].numel() / n;
  if (inner == 1)
    return {[=](const KernelArgs& args) {
              parallel_for(rows, 1 + 8192 / n, [&](int64_t begin, int64_t end, int) {
                for (int64_t r = begin; r < end; ++r) {
                  std::array<const T*, operands> in;
                  for (size_t k = 0; k < operands; ++k) in[k] = args.input<T>(k) + r * n;
                  f(in.data(), args.output<T>(0) + r * n, n);
                }
              });
            },
            0};
  constexpr int64_t kPieces = 16;  // each with scratch of its own, whatever the threads
  return {[=](const KernelArgs& args) {
            parallel_for(kPieces, 1, [&](int64_t begin, int64_t end, int) {
              for (int64_t piece = begin; piece < end; ++piece) {
                T* scratch =
                    static_cast<T*>(args.scratch) + piece * n * static_cast<int64_t>(operands + 1);
                std::array<const T*, operands> in;
                for (int64_t r = rows * piece / kPieces; r < rows * (piece + 1) / kPieces; ++r) {
                  const int64_t at = r / inner * n * inner + r % inner;
                  for (size_t k = 0; k < operands; ++k) {
                    T* row = scratch + static_cast<int64_t>(k) * n;
                    for (int64_t i = 0; i < n; ++i) row[i] = args.input<T>(k)[at + i * inner];
                    in[k] = row;
                  }
                  T* result = scratch + static_cast<int64_t>(operands) * n;
                  f(in.data(), result, n);
                  for (int64_t i = 0; i < n; ++i) args.output<T>(0)[at + i * inner] = result[i];
                }
              }
            });
          },
          static_cast<size_t>(kPieces * n) * (operands + 1) * sizeof(T)};
}

template <size_t operands, class F>
Kernel along_dim(const KernelSpec& spec, F f) {
  return dispatch_simd(spec.in[0].dtype, spec.op,
                       [&]<class T>(Tag<T>) { return along_dim_of<operands, T>(spec, f); });
}

HWY_INLINE VF lowest() { return hn::Neg(hn::Inf(F32())); }

/// The largest element, in all lanes.
template <class T>
HWY_INLINE VF largest(const T* x, int64_t n) {
  VF high = lowest();
  each_vector(n, [&](int64_t i, int64_t count) TESSERA_BODY {
    high = hn::Max(high, load_part(x + i, count, -std::numeric_limits<float>::infinity()));
  });
  return splat(max_of(high));
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per target
