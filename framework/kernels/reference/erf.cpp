#include <cmath>

#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel erf_kernel(const KernelSpec& spec) {
  return elementwise(spec, [](std::span<const double> x) { return std::erf(x[0]); });
}

}  // namespace tessera::reference
