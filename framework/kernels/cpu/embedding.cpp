#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/embedding.cpp"
#include <hwy/foreach_target.h>

#include <cstring>
#include <limits>

#include "framework/core/part.h"
#include "framework/kernels/cpu/shared/simd_rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

constexpr float kNoRow = std::numeric_limits<float>::quiet_NaN();

template <class T, class U>
HWY_ATTR void copy_row(const T* row, U* out, int64_t n) {
  each_vector(n, [&](int64_t i, int64_t count)
                     TESSERA_BODY { store_part(load_part(row + i, count), out + i, count); });
}

template <class T, class U>
Kernel embedding_of(const KernelSpec& spec) {
  const int64_t count = spec.in[0].numel(), rows = spec.in[1].shape[0], width = spec.in[1].shape[1];
  const DimPart range = dim_part(spec.attrs, rows);
  return {[=](const KernelArgs& args) {
            const auto* ids = args.input<int32_t>(0);
            parallel_for(count, 1 + 16384 / width, [&](int64_t begin, int64_t end, int) {
              for (int64_t i = begin; i < end; ++i) {
                U* out = args.output<U>(0) + i * width;
                const int64_t row = ids[i] - range.first;
                if (row >= 0 && row < rows)
                  copy_row(args.input<T>(1) + row * width, out, width);
                else
                  std::fill(out, out + width,
                            static_cast<U>(ids[i] >= 0 && ids[i] < range.whole ? 0.0f : kNoRow));
              }
            });
          },
          0};
}

Kernel make_embedding(const KernelSpec& spec) {
  return dispatch_simd(spec.in[1].dtype, spec.op, [&]<class T>(Tag<T>) {
    return dispatch_simd(spec.out[0].dtype, spec.op,
                         [&]<class U>(Tag<U>) { return embedding_of<T, U>(spec); });
  });
}

template <class T>
HWY_ATTR void add_row(const T* row, float* out, int64_t n) {
  each_vector(n, [&](int64_t i, int64_t count) TESSERA_BODY {
    store_part(hn::Add(load_part(out + i, count), load_part(row + i, count)), out + i, count);
  });
}

/// Each thread owns a range of columns and adds the rows in order of position, so the order of
/// threads does not matter.
template <class T>
Kernel embedding_grad_of(const KernelSpec& spec) {
  const int64_t count = spec.in[0].numel(), rows = spec.out[0].shape[0],
                width = spec.out[0].shape[1];
  const int64_t first = dim_part(spec.attrs, rows).first;
  const bool accumulate = spec.attrs.flag("accumulate");
  return {[=](const KernelArgs& args) {
            const auto* ids = args.input<int32_t>(0);
            const T* dy = args.input<T>(1);
            auto* out = args.output<float>(0);
            if (!accumulate)
              parallel_for(rows * width, 1 << 16, [&](int64_t begin, int64_t end, int) {
                std::memset(out + begin, 0, static_cast<size_t>(end - begin) * sizeof(float));
              });
            constexpr int64_t kLine = 16;  // floats: no two threads write one cache line
            parallel_for((width + kLine - 1) / kLine, 2, [&](int64_t begin, int64_t end, int) {
              const int64_t from = begin * kLine, to = std::min(end * kLine, width);
              for (int64_t i = 0; i < count; ++i)
                if (const int64_t row = ids[i] - first; row >= 0 && row < rows)
                  add_row(dy + i * width + from, out + row * width + from, to - from);
            });
          },
          0};
}

Kernel make_embedding_grad(const KernelSpec& spec) {
  return dispatch_simd(spec.in[1].dtype, spec.op,
                       [&]<class T>(Tag<T>) { return embedding_grad_of<T>(spec); });
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(embedding);
TESSERA_SIMD_KERNEL(embedding_grad);
}  // namespace tessera::cpu
#endif
