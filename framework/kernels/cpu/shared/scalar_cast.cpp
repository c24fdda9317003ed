#include "framework/kernels/cpu/shared/scalar_cast.h"

#include "framework/core/threads.h"

namespace tessera::cpu {
namespace {

template <typename From, typename To>
To convert(From x) {
  if constexpr (std::is_same_v<From, bfloat16>)
    return convert<float, To>(static_cast<float>(x));
  else if constexpr (std::is_same_v<To, uint8_t>)  // a boolean
    return x != 0;
  else if constexpr (std::is_same_v<To, bfloat16>)
    return bfloat16(static_cast<float>(x));
  else
    return static_cast<To>(x);
}

}  // namespace

Kernel scalar_cast(const KernelSpec& spec) {
  return dispatch(spec.in[0].dtype, "cast", [&]<typename From>(Tag<From>) {
    return dispatch(spec.out[0].dtype, "cast", [&]<typename To>(Tag<To>) -> Kernel {
      return {[n = spec.out[0].numel()](const KernelArgs& args) {
                const From* x = args.input<From>(0);
                To* y = args.output<To>(0);
                parallel_for(n, 16384, [&](int64_t begin, int64_t end, int) {
                  for (int64_t i = begin; i < end; ++i) y[i] = convert<From, To>(x[i]);
                });
              },
              0};
    });
  });
}

}  // namespace tessera::cpu
