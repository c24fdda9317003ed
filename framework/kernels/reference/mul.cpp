#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel mul_kernel(const KernelSpec& spec) {
  return elementwise(spec, [](std::span<const double> x) { return x[0] * x[1]; });
}

}  // namespace tessera::reference
