#include "framework/core/schedule.h"
#include "framework/device/kernel.h"

namespace tessera::cpu {

Kernel learning_rate_kernel(const KernelSpec& spec) {
  const bool wide = spec.in[0].dtype == DType::i64;
  return {[schedule = schedule_of(spec.attrs), wide](const KernelArgs& args) {
            const int64_t update = wide ? *args.input<int64_t>(0) : *args.input<int32_t>(0);
            *args.output<float>(0) = static_cast<float>(schedule.rate(update));
          },
          0};
}

}  // namespace tessera::cpu
