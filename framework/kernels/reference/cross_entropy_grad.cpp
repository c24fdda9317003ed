#include <cmath>

#include "framework/core/part.h"
#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel cross_entropy_grad_kernel(const KernelSpec& spec) {
  std::vector<TensorType> in(spec.in.begin(), spec.in.end());
  const double s = spec.attrs.has("label_smoothing") ? spec.attrs.real("label_smoothing") : 0.0;
  const DimPart part = dim_part(spec.attrs, spec.in[0].shape.back());
  return {[in, out = spec.out[0], s, part](const KernelArgs& args) {
            const auto x = load(in[0], args.in[0]), labels = load(in[1], args.in[1]),
                       weights = load(in[2], args.in[2]), lse = load(in[3], args.in[3]),
                       dloss = load(in[4], args.in[4]);
            const auto classes = static_cast<size_t>(in[0].shape.back());
            const auto whole = static_cast<double>(part.whole);
            std::vector<double> dx(x.size());
            for (size_t r = 0; r < labels.size(); ++r) {
              const double label = labels[r];
              if (label < 0) continue;
              for (size_t i = 0; i < classes; ++i) {
                const double own = static_cast<double>(part.first) + static_cast<double>(i);
                const double target = s / whole + (own == label ? 1 - s : 0.0);
                const double p = std::exp(x[r * classes + i] - lse[r]);
                dx[r * classes + i] =
                    label < whole ? weights[r] * dloss[r] * (p - target) : std::nan("");
              }
            }
            store(out, dx, args.out[0]);
          },
          0};
}

}  // namespace tessera::reference
