#include "framework/core/dims.h"
#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel scatter_add_kernel(const KernelSpec& spec) {
  const DimSplit split = split_at(spec.in[0].shape, spec.attrs.integer("dim"));
  return {
      [base = spec.in[0], updates = spec.in[2], split, lists = spec.in[1]](const KernelArgs& args) {
        const auto* indices = args.input<int32_t>(1);
        const int64_t count = lists.shape.back(), entries = lists.numel() / count;
        const auto index = [&](int64_t o, int64_t j) {
          const int64_t at = o * entries / split.outer * count + j;
          require(indices[at] >= 0 && indices[at] < split.size,
                  "scatter_add: index {} at place {} is not in [0, {})", indices[at], at,
                  split.size);
          return indices[at];
        };
        auto y = load(base, args.in[0]);
        const auto x = load(updates, args.in[2]);
        for (int64_t o = 0; o < split.outer; ++o)
          for (int64_t j = 0; j < count; ++j)
            for (int64_t i = 0; i < split.inner; ++i)
              y[static_cast<size_t>((o * split.size + index(o, j)) * split.inner + i)] +=
                  x[static_cast<size_t>((o * count + j) * split.inner + i)];
        store(base, y, args.out[0]);
      },
      0};
}

}  // namespace tessera::reference
