#include "framework/core/schedule.h"
#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel learning_rate_kernel(const KernelSpec& spec) {
  return {[schedule = schedule_of(spec.attrs), type = spec.in[0]](const KernelArgs& args) {
            const auto update = static_cast<int64_t>(load(type, args.in[0])[0]);
            *args.output<float>(0) = static_cast<float>(schedule.rate(update));
          },
          0};
}

}  // namespace tessera::reference
