#include <cmath>

#include "framework/core/dims.h"
#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel argmax_kernel(const KernelSpec& spec) {
  const DimSplit split = split_at(spec.in[0].shape, spec.attrs.integer("dim"));
  return {[in = spec.in[0], out = spec.out[0], split](const KernelArgs& args) {
            const auto x = load(in, args.in[0]);
            std::vector<double> y;
            for (int64_t o = 0; o < split.outer; ++o)
              for (int64_t i = 0; i < split.inner; ++i) {
                const auto at = [&](int64_t s) {
                  return x[static_cast<size_t>((o * split.size + s) * split.inner + i)];
                };
                int64_t best = 0;
                for (int64_t s = 1; s < split.size && !std::isnan(at(best)); ++s)
                  if (at(s) > at(best) || std::isnan(at(s))) best = s;
                y.push_back(static_cast<double>(best));
              }
            store(out, y, args.out[0]);
          },
          0};
}

}  // namespace tessera::reference
