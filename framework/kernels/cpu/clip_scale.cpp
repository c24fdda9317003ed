#include <algorithm>
#include <cmath>

#include "framework/device/kernel.h"

namespace tessera::cpu {

Kernel clip_scale_kernel(const KernelSpec& spec) {
  require(spec.in[0].dtype == DType::f32, "the cpu backend has no clip_scale of {}",
          spec.in[0].dtype);
  const size_t count = spec.in.size();
  const double max_norm = spec.attrs.real("max_norm");
  return {[=](const KernelArgs& args) {
            double squares = 0;
            for (size_t i = 0; i < count; ++i)
              squares += static_cast<double>(*args.input<float>(i));
            const double norm = std::sqrt(squares);
            const bool finite = std::isfinite(norm);
            const double scale = max_norm > 0 ? std::min(1.0, max_norm / (norm + 1e-6)) : 1.0;
            *args.output<float>(0) = finite ? static_cast<float>(scale) : 0.0f;
            *args.output<float>(1) = static_cast<float>(norm);
            *args.output<uint8_t>(2) = finite;
          },
          0};
}

}  // namespace tessera::cpu
