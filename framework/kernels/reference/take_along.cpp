#include "framework/core/dims.h"
#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel take_along_kernel(const KernelSpec& spec) {
  const DimSplit split = split_at(spec.in[0].shape, spec.attrs.integer("dim"));
  const DimSplit taken = split_at(spec.out[0].shape, spec.attrs.integer("dim"));
  return {[in = spec.in[0], out = spec.out[0], split, taken](const KernelArgs& args) {
            const auto* indices = args.input<int32_t>(1);
            const auto index = [&](int64_t j) {
              require(indices[j] >= 0 && indices[j] < split.size,
                      "take_along: index {} at place {} is not in [0, {})", indices[j], j,
                      split.size);
              return indices[j];
            };
            const auto x = load(in, args.in[0]);
            std::vector<double> y;
            for (int64_t o = 0; o < taken.outer; ++o)
              for (int64_t j = 0; j < taken.size; ++j)
                for (int64_t i = 0; i < taken.inner; ++i) {
                  const int64_t at = index((o * taken.size + j) * taken.inner + i);
                  y.push_back(x[static_cast<size_t>((o * split.size + at) * split.inner + i)]);
                }
            store(out, y, args.out[0]);
          },
          0};
}

}  // namespace tessera::reference
