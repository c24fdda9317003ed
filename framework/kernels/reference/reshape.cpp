#include <cstring>

#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel reshape_kernel(const KernelSpec& spec) {
  return {[bytes = spec.out[0].bytes()](const KernelArgs& args) {
            std::memmove(args.out[0], args.in[0], bytes);
          },
          0};
}

}  // namespace tessera::reference
