#include "framework/core/dims.h"
#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel gather_kernel(const KernelSpec& spec) {
  const DimSplit split = split_at(spec.in[0].shape, spec.attrs.integer("dim"));
  return {
      [in = spec.in[0], out = spec.out[0], split, lists = spec.in[1]](const KernelArgs& args) {
        const auto* indices = args.input<int32_t>(1);
        const int64_t count = lists.shape.back(), entries = lists.numel() / count;
        const auto index = [&](int64_t o, int64_t j) {
          const int64_t at = o * entries / split.outer * count + j;
          require(indices[at] >= 0 && indices[at] < split.size,
                  "gather: index {} at place {} is not in [0, {})", indices[at], at, split.size);
          return indices[at];
        };
        const auto x = load(in, args.in[0]);
        std::vector<double> y;
        for (int64_t o = 0; o < split.outer; ++o)
          for (int64_t j = 0; j < count; ++j)
            for (int64_t i = 0; i < split.inner; ++i)
              y.push_back(x[static_cast<size_t>((o * split.size + index(o, j)) * split.inner + i)]);
        store(out, y, args.out[0]);
      },
      0};
}

}  // namespace tessera::reference
