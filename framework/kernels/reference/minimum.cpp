#include <cmath>

#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel minimum_kernel(const KernelSpec& spec) {
  return elementwise(spec, [](std::span<const double> x) {
    return x[1] < x[0] || std::isnan(x[1]) ? x[1] : x[0];
  });
}

}  // namespace tessera::reference
