#include "framework/core/dims.h"
#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel concat_kernel(const KernelSpec& spec) {
  const std::vector<TensorType> in(spec.in.begin(), spec.in.end());
  return {[in, out = spec.out[0], dim = spec.attrs.integer("dim")](const KernelArgs& args) {
            std::vector<double> y(static_cast<size_t>(out.numel()));
            const DimSplit whole = split_at(out.shape, dim);
            int64_t start = 0;
            for (size_t k = 0; k < in.size(); ++k) {
              const auto x = load(in[k], args.in[k]);
              const DimSplit part = split_at(in[k].shape, dim);
              for (int64_t o = 0; o < part.outer; ++o)
                for (int64_t s = 0; s < part.size; ++s)
                  for (int64_t i = 0; i < part.inner; ++i)
                    y[static_cast<size_t>((o * whole.size + start + s) * whole.inner + i)] =
                        x[static_cast<size_t>((o * part.size + s) * part.inner + i)];
              start += part.size;
            }
            store(out, y, args.out[0]);
          },
          0};
}

}  // namespace tessera::reference
