#include "framework/core/dims.h"
#include "framework/core/part.h"
#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel iota_kernel(const KernelSpec& spec) {
  const DimSplit split = split_at(spec.out[0].shape, spec.attrs.integer("dim"));
  const auto part = part_of(spec.attrs);
  const auto dim = static_cast<size_t>(checked_dim(spec.attrs.integer("dim"), spec.out[0].rank()));
  const int64_t first = part ? part->origin.at(dim) : 0;
  return {[out = spec.out[0], split, first](const KernelArgs& args) {
            std::vector<double> y;
            for (int64_t i = 0; i < out.numel(); ++i)
              y.push_back(static_cast<double>(first + i / split.inner % split.size));
            store(out, y, args.out[0]);
          },
          0};
}

}  // namespace tessera::reference
