#include <cstring>

#include "framework/core/dims.h"
#include "framework/core/threads.h"
#include "framework/device/kernel.h"
#include "framework/kernels/cpu/shared/indices.h"

namespace tessera::cpu {

Kernel gather_kernel(const KernelSpec& spec) {
  const DimSplit split = split_at(spec.in[0].shape, spec.attrs.integer("dim"));
  const int64_t count = spec.in[1].shape.back(), listed = spec.in[1].numel();
  const int64_t per_list = split.outer * count / listed;  // outer entries that share a list
  const int64_t run_bytes = split.inner * static_cast<int64_t>(size_of(spec.in[0].dtype));
  const auto run = [=](const KernelArgs& args) {
    const auto* indices = args.input<int32_t>(1);
    check_indices("gather", indices, listed, split.size);
    const char* x = args.input<char>(0);
    char* y = args.output<char>(0);
    parallel_for(split.outer * count, std::max<int64_t>(1, (1 << 17) / run_bytes),
                 [&](int64_t begin, int64_t end, int) {
                   for (int64_t i = begin; i < end; ++i) {
                     const int64_t outer = i / count;
                     const int32_t index = indices[outer / per_list * count + i % count];
                     const int64_t from = outer * split.size + index;
                     std::memcpy(y + i * run_bytes, x + from * run_bytes,
                                 static_cast<size_t>(run_bytes));
                   }
                 });
  };
  return {run, 0};
}

}  // namespace tessera::cpu
