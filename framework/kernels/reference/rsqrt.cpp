#include <cmath>

#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel rsqrt_kernel(const KernelSpec& spec) {
  return elementwise(spec, [](std::span<const double> x) { return 1 / std::sqrt(x[0]); });
}

}  // namespace tessera::reference
