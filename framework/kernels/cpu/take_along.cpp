#include "framework/core/dims.h"
#include "framework/core/threads.h"
#include "framework/device/kernel.h"
#include "framework/kernels/cpu/shared/copy_bytes.h"
#include "framework/kernels/cpu/shared/indices.h"

namespace tessera::cpu {

Kernel take_along_kernel(const KernelSpec& spec) {
  const DimSplit split = split_at(spec.in[0].shape, spec.attrs.integer("dim"));
  const int64_t n = spec.out[0].numel();
  const int64_t line = n / split.outer;  // elements of the result per outer position
  const auto run = [=, element = size_of(spec.in[0].dtype)](const KernelArgs& args) {
    const auto* indices = args.input<int32_t>(1);
    check_indices("take_along", indices, n, split.size);
    dispatch_size(element, [&]<typename T>(Tag<T>) {
      const T* x = args.input<T>(0);
      T* y = args.output<T>(0);
      parallel_for(n, 16384, [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; ++i)
          y[i] = x[(i / line * split.size + indices[i]) * split.inner + i % split.inner];
      });
    });
  };
  return {run, 0};
}

}  // namespace tessera::cpu
