#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel cast_kernel(const KernelSpec& spec) {
  const bool to_boolean = spec.out[0].dtype == DType::boolean;
  return elementwise(spec, [to_boolean](std::span<const double> x) {
    return to_boolean ? static_cast<double>(x[0] != 0) : x[0];
  });
}

}  // namespace tessera::reference
