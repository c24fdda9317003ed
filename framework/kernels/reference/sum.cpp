#include "framework/kernels/reference/shared/reduce.h"

namespace tessera::reference {

Kernel sum_kernel(const KernelSpec& spec) {
  return reduce(spec, [](double a, double b) { return a + b; });
}

}  // namespace tessera::reference
