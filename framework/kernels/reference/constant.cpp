#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel constant_kernel(const KernelSpec& spec) {
  return {[value = spec.attrs.real("value"), out = spec.out[0]](const KernelArgs& args) {
            store(out, std::vector<double>(static_cast<size_t>(out.numel()), value), args.out[0]);
          },
          0};
}

}  // namespace tessera::reference
