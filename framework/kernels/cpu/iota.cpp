#include "framework/core/dims.h"
#include "framework/core/part.h"
#include "framework/core/threads.h"
#include "framework/device/kernel.h"

namespace tessera::cpu {

Kernel iota_kernel(const KernelSpec& spec) {
  const DimSplit split = split_at(spec.out[0].shape, spec.attrs.integer("dim"));
  const auto part = part_of(spec.attrs);
  const auto dim = static_cast<size_t>(checked_dim(spec.attrs.integer("dim"), spec.out[0].rank()));
  const int64_t first = part ? part->origin.at(dim) : 0;
  return dispatch(spec.out[0].dtype, "iota", [&]<typename T>(Tag<T>) -> Kernel {
    return {[split, first](const KernelArgs& args) {
              T* out = args.output<T>(0);
              parallel_for(split.outer * split.size, 4096, [&](int64_t begin, int64_t end, int) {
                for (int64_t i = begin; i < end; ++i) {
                  const int64_t count = first + i % split.size;
                  T value;
                  if constexpr (std::is_same_v<T, bfloat16>)
                    value = bfloat16(static_cast<float>(count));
                  else
                    value = static_cast<T>(count);
                  std::fill_n(out + i * split.inner, split.inner, value);
                }
              });
            },
            0};
  });
}

}  // namespace tessera::cpu
