#include "framework/core/dims.h"
#include "framework/kernels/reference/loops.h"

namespace tessera::reference {

Kernel iota_kernel(const KernelSpec& spec) {
  const DimSplit split = split_at(spec.out[0].shape, spec.attrs.integer("dim"));
  return {[out = spec.out[0], split](const KernelArgs& args) {
            std::vector<double> y;
            for (int64_t i = 0; i < out.numel(); ++i)
              y.push_back(static_cast<double>(i / split.inner % split.size));
            store(out, y, args.out[0]);
          },
          0};
}

}  // namespace tessera::reference
