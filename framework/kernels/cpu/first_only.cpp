#include <algorithm>
#include <cstring>

#include "framework/device/kernel.h"

namespace tessera::cpu {

Kernel first_only_kernel(const KernelSpec& spec) {
  const auto& origin = spec.attrs.list("origin");
  const bool first = std::all_of(origin.begin(), origin.end(), [](int64_t i) { return i == 0; });
  return {[first, bytes = spec.out[0].bytes()](const KernelArgs& args) {
            if (first)
              std::memmove(args.out[0], args.in[0], bytes);
            else
              std::memset(args.out[0], 0, bytes);
          },
          0};
}

}  // namespace tessera::cpu
