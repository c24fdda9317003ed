#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel where_kernel(const KernelSpec& spec) {
  return elementwise(spec, [](std::span<const double> x) { return x[0] != 0 ? x[1] : x[2]; });
}

}  // namespace tessera::reference
