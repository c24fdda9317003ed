#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel relu_kernel(const KernelSpec& spec) {
  return elementwise(spec, [](std::span<const double> x) { return x[0] < 0 ? 0 : x[0]; });
}

}  // namespace tessera::reference
