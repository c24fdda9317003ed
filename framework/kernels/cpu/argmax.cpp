#include "framework/core/dims.h"
#include "framework/core/threads.h"
#include "framework/device/kernel.h"

namespace tessera::cpu {
namespace {

template <typename T, typename Number>
Kernel argmax_of(const DimSplit& split) {
  const auto run = [=](const KernelArgs& args) {
    const T* x = args.input<T>(0);
    auto* y = args.output<int32_t>(0);
    const int64_t grain = std::max<int64_t>(1, 8192 / split.size);
    parallel_for(split.outer * split.inner, grain, [&](int64_t begin, int64_t end, int) {
      for (int64_t line = begin; line < end; ++line) {
        const T* from = x + line / split.inner * split.size * split.inner + line % split.inner;
        int64_t best = 0;
        auto most = static_cast<Number>(from[0]);
        for (int64_t s = 1; s < split.size && most == most; ++s) {
          const auto v = static_cast<Number>(from[s * split.inner]);
          if (v > most || v != v) {
            most = v;
            best = s;
          }
        }
        y[line] = static_cast<int32_t>(best);
      }
    });
  };
  return {run, 0};
}

}  // namespace

Kernel argmax_kernel(const KernelSpec& spec) {
  const DimSplit split = split_at(spec.in[0].shape, spec.attrs.integer("dim"));
  if (spec.in[0].dtype == DType::f32) return argmax_of<float, float>(split);
  if (spec.in[0].dtype == DType::bf16) return argmax_of<bfloat16, float>(split);
  if (spec.in[0].dtype == DType::i32) return argmax_of<int32_t, int32_t>(split);
  user_error("the cpu backend has no argmax of {}", spec.in[0].dtype);
}

}  // namespace tessera::cpu
