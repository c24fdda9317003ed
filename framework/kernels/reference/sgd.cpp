#include "framework/kernels/reference/loops.h"

namespace tessera::reference {

Kernel sgd_kernel(const KernelSpec& spec) {
  const double momentum = spec.attrs.real("momentum"), decay = spec.attrs.real("weight_decay");
  const bool nesterov = spec.attrs.flag("nesterov"), copy = spec.attrs.has("copy");
  return {[=, type = spec.in[0], grad_type = spec.in[1]](const KernelArgs& args) {
            if (!*args.input<uint8_t>(5)) return;
            auto param = load(type, args.in[0]), buffer = load(type, args.in[2]);
            const auto grad = load(grad_type, args.in[1]);
            const TensorType scalar{type.dtype, {}};
            const double lr = load(scalar, args.in[3])[0], clip = load(scalar, args.in[4])[0];
            for (size_t i = 0; i < param.size(); ++i) {
              const double g = clip * grad[i];
              buffer[i] = momentum * buffer[i] + g;
              const double direction = nesterov ? g + momentum * buffer[i] : buffer[i];
              param[i] = (1 - lr * decay) * param[i] - lr * direction;
            }
            store(type, param, args.out[0]);
            store(type, buffer, args.out[1]);
            // The copy is of what was stored, not of the double.
            if (copy) store({DType::bf16, type.shape}, load(type, args.out[0]), args.out[2]);
          },
          0};
}

}  // namespace tessera::reference
