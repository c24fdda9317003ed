#include "framework/core/dims.h"
#include "framework/core/threads.h"
#include "framework/device/kernel.h"

namespace tessera::cpu {

Kernel iota_kernel(const KernelSpec& spec) {
  const DimSplit split = split_at(spec.out[0].shape, spec.attrs.integer("dim"));
  return dispatch(spec.out[0].dtype, "iota", [&]<typename T>(Tag<T>) -> Kernel {
    return {[split](const KernelArgs& args) {
              T* out = args.output<T>(0);
              parallel_for(split.outer * split.size, 4096, [&](int64_t begin, int64_t end, int) {
                for (int64_t i = begin; i < end; ++i) {
                  T value;
                  if constexpr (std::is_same_v<T, bfloat16>)
                    value = bfloat16(static_cast<float>(i % split.size));
                  else
                    value = static_cast<T>(i % split.size);
                  std::fill_n(out + i * split.inner, split.inner, value);
                }
              });
            },
            0};
  });
}

}  // namespace tessera::cpu
