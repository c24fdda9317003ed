#include "framework/core/dims.h"
#include "framework/kernels/reference/loops.h"

namespace tessera::reference {

Kernel scatter_add_kernel(const KernelSpec& spec) {
  const DimSplit split = split_at(spec.in[0].shape, spec.attrs.integer("dim"));
  return {[base = spec.in[0], updates = spec.in[2], split,
           count = spec.in[1].shape[0]](const KernelArgs& args) {
            const auto* indices = args.input<int32_t>(1);
            const auto index = [&](int64_t j) {
              require(indices[j] >= 0 && indices[j] < split.size,
                      "scatter_add: index {} at place {} is not in [0, {})", indices[j], j,
                      split.size);
              return indices[j];
            };
            auto y = load(base, args.in[0]);
            const auto x = load(updates, args.in[2]);
            for (int64_t o = 0; o < split.outer; ++o)
              for (int64_t j = 0; j < count; ++j)
                for (int64_t i = 0; i < split.inner; ++i)
                  y[static_cast<size_t>((o * split.size + index(j)) * split.inner + i)] +=
                      x[static_cast<size_t>((o * count + j) * split.inner + i)];
            store(base, y, args.out[0]);
          },
          0};
}

}  // namespace tessera::reference
