#include "framework/core/dims.h"
#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel cumsum_kernel(const KernelSpec& spec) {
  const DimSplit split = split_at(spec.in[0].shape, spec.attrs.integer("dim"));
  return {[type = spec.in[0], split, reverse = spec.attrs.flag("reverse")](const KernelArgs& args) {
            auto x = load(type, args.in[0]);
            for (int64_t o = 0; o < split.outer; ++o)
              for (int64_t i = 0; i < split.inner; ++i) {
                double sum = 0;
                for (int64_t k = 0; k < split.size; ++k) {
                  const int64_t s = reverse ? split.size - 1 - k : k;
                  double& at = x[static_cast<size_t>((o * split.size + s) * split.inner + i)];
                  at = sum += at;
                }
              }
            store(type, x, args.out[0]);
          },
          0};
}

}  // namespace tessera::reference
