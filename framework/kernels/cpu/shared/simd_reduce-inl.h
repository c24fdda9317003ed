// Reductions (sum, max, min) over any dims, from one functor with vector and scalar forms. The work
// is cut into a grid that depends on the shape alone, so the bits do not depend on the number of
// threads; floats are accumulated in f32. Rows ([kept, reduced]) and columns ([kept, reduced,
// kept]; a bias gradient) are vectorised; other patterns are plain loops.
#if defined(TESSERA_SIMD_REDUCE_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef TESSERA_SIMD_REDUCE_INL_H
#undef TESSERA_SIMD_REDUCE_INL_H
#else
#define TESSERA_SIMD_REDUCE_INL_H
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <vector>

#include "framework/core/threads.h"
#include "framework/device/kernel.h"
#include "framework/kernels/cpu/shared/reduction_groups.h"
#include "framework/kernels/cpu/shared/simd.h"
#include "framework/kernels/cpu/shared/simd_vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

inline constexpr int64_t kRowChunk = 8192;     // elements of a row that make one partial result
inline constexpr int64_t kColumnBlock = 1024;  // columns reduced side by side
inline constexpr int64_t kMostRowChunks = 32;

/// The lanes of `v` reduced one after the other.
template <class F>
HWY_INLINE float reduce_lanes(F f, hn::Vec<F32> v) {
  alignas(HWY_MAX_BYTES) float lanes[HWY_MAX_BYTES / sizeof(float)];
  hn::Store(v, F32(), lanes);
  float y = lanes[0];
  for (size_t i = 1; i < hn::Lanes(F32()); ++i) y = f(y, lanes[i]);
  return y;
}

/// Reduces n contiguous elements to one.
template <class F, class T>
HWY_ATTR float reduce_row(F f, const T* x, int64_t n) {
  const F32 d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  auto a = hn::Set(d, F::kIdentity), b = a, c = a, e = a;
  int64_t i = 0;
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
    a = f(d, a, load(x + i));
    b = f(d, b, load(x + i + lanes));
    c = f(d, c, load(x + i + 2 * lanes));
    e = f(d, e, load(x + i + 3 * lanes));
  }
  for (; i + lanes <= n; i += lanes) a = f(d, a, load(x + i));
  float y = i > 0 ? reduce_lanes(f, f(d, f(d, a, b), f(d, c, e))) : F::kIdentity;
  for (; i < n; ++i) y = f(y, static_cast<float>(x[i]));
  return y;
}

/// Computes acc[j] = f(acc[j], x[r, j]…) over all `rows` rows r, which lie `stride` apart, in `n`
/// columns.
template <class F, class T>
HWY_ATTR void reduce_columns(F f, const T* x, int64_t rows, int64_t stride, float* acc, int64_t n) {
  const F32 d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t r = 0;
  for (; r + 4 <= rows; r += 4, x += 4 * stride) {
    int64_t j = 0;
    for (; j + lanes <= n; j += lanes) {
      const auto low = f(d, load(x + j), load(x + j + stride));
      const auto high = f(d, load(x + j + 2 * stride), load(x + j + 3 * stride));
      store(f(d, hn::LoadU(d, acc + j), f(d, low, high)), acc + j);
    }
    for (; j < n; ++j) {
      const float low = f(static_cast<float>(x[j]), static_cast<float>(x[j + stride]));
      const float high =
          f(static_cast<float>(x[j + 2 * stride]), static_cast<float>(x[j + 3 * stride]));
      acc[j] = f(acc[j], f(low, high));
    }
  }
  for (; r < rows; ++r, x += stride) {
    int64_t j = 0;
    for (; j + lanes <= n; j += lanes) store(f(d, hn::LoadU(d, acc + j), load(x + j)), acc + j);
    for (; j < n; ++j) acc[j] = f(acc[j], static_cast<float>(x[j]));
  }
}

/// Reduces [rows, length] to [rows].
template <class T, class U, class F>
Kernel row_reduction(F f, int64_t rows, int64_t length) {
  const int64_t chunks = (length + kRowChunk - 1) / kRowChunk;
  const auto run = [=](const KernelArgs& args) {
    const T* x = args.input<T>(0);
    auto* partial = static_cast<float*>(args.scratch);
    U* out = args.output<U>(0);
    const int64_t grain = std::max<int64_t>(1, 16384 / std::min(length, kRowChunk));
    parallel_for(rows * chunks, grain, [&](int64_t begin, int64_t end, int) {
      for (int64_t i = begin; i < end; ++i) {
        const int64_t row = i / chunks, from = i % chunks * kRowChunk;
        const float y = reduce_row(f, x + row * length + from, std::min(kRowChunk, length - from));
        if (chunks == 1)
          out[row] = U(y);
        else
          partial[i] = y;
      }
    });
    if (chunks == 1) return;
    for (int64_t row = 0; row < rows; ++row)
      out[row] = U(reduce_row(f, partial + row * chunks, chunks));
  };
  return {run, chunks == 1 ? 0 : static_cast<size_t>(rows * chunks) * sizeof(float)};
}

/// Reduces [outer, rows, columns] to [outer, columns].
template <class T, class U, class F>
Kernel column_reduction(F f, int64_t outer, int64_t rows, int64_t columns) {
  const int64_t height = std::max<int64_t>(64, (rows + kMostRowChunks - 1) / kMostRowChunks);
  const int64_t chunks = (rows + height - 1) / height;
  const int64_t blocks = (columns + kColumnBlock - 1) / kColumnBlock;
  const auto run = [=](const KernelArgs& args) {
    const T* x = args.input<T>(0);
    U* out = args.output<U>(0);
    auto* partial = static_cast<float*>(args.scratch);  // [outer, chunks, columns]
    const int64_t item = std::min(height, rows) * std::min(kColumnBlock, columns);
    parallel_for(outer * chunks * blocks, std::max<int64_t>(1, 16384 / item),
                 [&](int64_t begin, int64_t end, int) {
                   alignas(HWY_MAX_BYTES) float acc[kColumnBlock];
                   for (int64_t i = begin; i < end; ++i) {
                     const int64_t column = i % blocks * kColumnBlock;
                     const int64_t chunk = i / blocks % chunks, o = i / blocks / chunks;
                     const int64_t n = std::min(kColumnBlock, columns - column);
                     const int64_t r = chunk * height;
                     std::fill_n(acc, n, F::kIdentity);
                     reduce_columns(f, x + (o * rows + r) * columns + column,
                                    std::min(height, rows - r), columns, acc, n);
                     if (chunks == 1)
                       for (int64_t j = 0; j < n; ++j) out[o * columns + column + j] = U(acc[j]);
                     else
                       std::copy_n(acc, n, partial + (o * chunks + chunk) * columns + column);
                   }
                 });
    if (chunks == 1) return;
    parallel_for(outer * blocks, 4, [&](int64_t begin, int64_t end, int) {
      alignas(HWY_MAX_BYTES) float acc[kColumnBlock];
      for (int64_t i = begin; i < end; ++i) {
        const int64_t column = i % blocks * kColumnBlock, o = i / blocks;
        const int64_t n = std::min(kColumnBlock, columns - column);
        std::fill_n(acc, n, F::kIdentity);
        reduce_columns(f, partial + o * chunks * columns + column, chunks, columns, acc, n);
        for (int64_t j = 0; j < n; ++j) out[o * columns + column + j] = U(acc[j]);
      }
    });
  };
  return {run, chunks == 1 ? 0 : static_cast<size_t>(outer * chunks * columns) * sizeof(float)};
}

/// Reduces any pattern of kept and reduced groups of any arithmetic type, one result at a time,
/// accumulating in Acc.
template <class T, class U, class Acc, class F>
Kernel general_reduction(F f, std::vector<ReductionGroup> groups) {
  int64_t kept = 1, reduced = 1;
  for (const auto& g : groups) (g.reduced ? reduced : kept) *= g.size;
  const auto run = [=](const KernelArgs& args) {
    // The operand's offset for position `i` among the kept (or the reduced) groups.
    const auto offset = [&groups](int64_t i, bool of_reduced) {
      int64_t at = 0, stride = 1;
      for (size_t g = groups.size(); g-- > 0;) {
        if (groups[g].reduced == of_reduced) {
          at += i % groups[g].size * stride;
          i /= groups[g].size;
        }
        stride *= groups[g].size;
      }
      return at;
    };
    const T* x = args.input<T>(0);
    U* out = args.output<U>(0);
    parallel_for(kept, std::max<int64_t>(1, 4096 / reduced), [&](int64_t begin, int64_t end, int) {
      for (int64_t k = begin; k < end; ++k) {
        const T* from = x + offset(k, false);
        Acc y = static_cast<Acc>(*from);
        for (int64_t r = 1; r < reduced; ++r) y = f(y, static_cast<Acc>(from[offset(r, true)]));
        out[k] = U(y);
      }
    });
  };
  return {run, 0};
}

template <class T, class U, class F>
Kernel float_reduction(F f, const std::vector<ReductionGroup>& groups) {
  const size_t n = groups.size();
  if (n == 1)
    return row_reduction<T, U>(f, groups[0].reduced ? 1 : groups[0].size,
                               groups[0].reduced ? groups[0].size : 1);
  if (n == 2 && groups[1].reduced) return row_reduction<T, U>(f, groups[0].size, groups[1].size);
  if (n == 2) return column_reduction<T, U>(f, 1, groups[0].size, groups[1].size);
  if (n == 3 && groups[1].reduced)
    return column_reduction<T, U>(f, groups[0].size, groups[1].size, groups[2].size);
  return general_reduction<T, U, float>(f, groups);
}

/// The kernel of a reduction over attribute dims: for f32 and bf16 operands with a result of either
/// type, and for i32.
template <class F>
Kernel reduction(const KernelSpec& spec, F f) {
  const auto groups = reduction_groups(spec.in[0].shape, spec.attrs);
  const bool low = spec.out[0].dtype == DType::bf16;
  switch (spec.in[0].dtype) {
    case DType::f32:
      return low ? float_reduction<float, bfloat16>(f, groups)
                 : float_reduction<float, float>(f, groups);
    case DType::bf16:
      return low ? float_reduction<bfloat16, bfloat16>(f, groups)
                 : float_reduction<bfloat16, float>(f, groups);
    case DType::i32:
      return general_reduction<int32_t, int32_t, int32_t>(f, groups);
    default:
      user_error("the cpu backend has no {} of {}", spec.op, spec.in[0].dtype);
  }
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per target
