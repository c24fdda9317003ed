#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel sgd_kernel(const KernelSpec& spec) {
  const double momentum = spec.attrs.real("momentum"), decay = spec.attrs.real("weight_decay");
  const bool copy = spec.attrs.has("copy");
  const size_t buffers = momentum > 0 ? 1 : 0;
  return {[=, type = spec.in[0], grad_type = spec.in[1]](const KernelArgs& args) {
            if (!*args.input<uint8_t>(buffers + 4)) return;
            auto param = load(type, args.in[0]);
            auto buffer = buffers ? load(type, args.in[2]) : std::vector<double>(param.size());
            const auto grad = load(grad_type, args.in[1]);
            const TensorType scalar{type.dtype, {}};
            const double lr = load(scalar, args.in[buffers + 2])[0],
                         clip = load(scalar, args.in[buffers + 3])[0];
            for (size_t i = 0; i < param.size(); ++i) {
              buffer[i] = momentum * buffer[i] + clip * grad[i];
              param[i] = (1 - lr * decay) * param[i] - lr * buffer[i];
            }
            store(type, param, args.out[0]);
            if (buffers) store(type, buffer, args.out[1]);
            // The copy is that of the stored value, not of the double.
            if (copy)
              store({DType::bf16, type.shape}, load(type, args.out[0]), args.out[buffers + 1]);
          },
          0};
}

}  // namespace tessera::reference
