#include <cmath>

#include "framework/kernels/reference/shared/reduce.h"

namespace tessera::reference {

Kernel min_kernel(const KernelSpec& spec) {
  return reduce(spec, [](double a, double b) { return b < a || std::isnan(b) ? b : a; });
}

}  // namespace tessera::reference
