#include <cmath>

#include "framework/kernels/reference/shared/reduce.h"

namespace tessera::reference {

Kernel max_kernel(const KernelSpec& spec) {
  return reduce(spec, [](double a, double b) { return a < b || std::isnan(b) ? b : a; });
}

}  // namespace tessera::reference
