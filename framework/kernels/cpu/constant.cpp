#include <algorithm>

#include "framework/core/threads.h"
#include "framework/device/kernel.h"

namespace tessera::cpu {

Kernel constant_kernel(const KernelSpec& spec) {
  const double value = spec.attrs.real("value");
  return dispatch(spec.out[0].dtype, "constant", [&]<typename T>(Tag<T>) -> Kernel {
    T element;
    if constexpr (std::is_same_v<T, bfloat16>)
      element = bfloat16(static_cast<float>(value));
    else
      element = static_cast<T>(value);
    return {[element, n = spec.out[0].numel()](const KernelArgs& args) {
              T* out = args.output<T>(0);
              parallel_for(n, 65536, [&](int64_t begin, int64_t end, int) {
                std::fill(out + begin, out + end, element);
              });
            },
            0};
  });
}

}  // namespace tessera::cpu
