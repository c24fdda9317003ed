#include <cmath>

#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel clip_scale_kernel(const KernelSpec& spec) {
  const double max_norm = spec.attrs.real("max_norm");
  return {[count = spec.in.size(), type = spec.in[0], max_norm](const KernelArgs& args) {
            double squares = 0;
            for (size_t i = 0; i < count; ++i) squares += load(type, args.in[i])[0];
            const double norm = std::sqrt(squares);
            double scale = 1;
            if (max_norm > 0 && max_norm < norm + 1e-6) scale = max_norm / (norm + 1e-6);
            if (!std::isfinite(norm)) scale = 0;
            store(type, std::span(&scale, 1), args.out[0]);
            store(type, std::span(&norm, 1), args.out[1]);
            *args.output<uint8_t>(2) = std::isfinite(norm);
          },
          0};
}

}  // namespace tessera::reference
