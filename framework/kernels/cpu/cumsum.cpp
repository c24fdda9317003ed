#include "framework/core/dims.h"
#include "framework/core/threads.h"
#include "framework/device/kernel.h"

namespace tessera::cpu {
namespace {

template <typename T, typename Acc>
Kernel cumsum_of(const DimSplit& split, bool reverse) {
  const auto run = [=](const KernelArgs& args) {
    const T* x = args.input<T>(0);
    T* y = args.output<T>(0);
    const int64_t grain = std::max<int64_t>(1, 8192 / split.size);
    parallel_for(split.outer * split.inner, grain, [&](int64_t begin, int64_t end, int) {
      for (int64_t line = begin; line < end; ++line) {
        int64_t at = line / split.inner * split.size * split.inner + line % split.inner;
        int64_t step = split.inner;
        if (reverse) {
          at += (split.size - 1) * split.inner;
          step = -step;
        }
        Acc sum{};
        for (int64_t s = 0; s < split.size; ++s, at += step)
          y[at] = T(sum += static_cast<Acc>(x[at]));
      }
    });
  };
  return {run, 0};
}

}  // namespace

Kernel cumsum_kernel(const KernelSpec& spec) {
  const DimSplit split = split_at(spec.in[0].shape, spec.attrs.integer("dim"));
  const bool reverse = spec.attrs.flag("reverse");
  if (spec.in[0].dtype == DType::f32) return cumsum_of<float, float>(split, reverse);
  if (spec.in[0].dtype == DType::bf16) return cumsum_of<bfloat16, float>(split, reverse);
  if (spec.in[0].dtype == DType::i32) return cumsum_of<int32_t, int32_t>(split, reverse);
  user_error("the cpu backend has no cumsum of {}", spec.in[0].dtype);
}

}  // namespace tessera::cpu
