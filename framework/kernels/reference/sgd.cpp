#include "framework/core/update_operands.h"
#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel sgd_kernel(const KernelSpec& spec) {
  const double momentum = spec.attrs.real("momentum"), decay = spec.attrs.real("weight_decay");
  const UpdateOperands at(spec.attrs);
  return {
      [=, type = spec.in[at.parameter], grad_type = spec.in[at.gradient]](const KernelArgs& args) {
        if (!*args.input<uint8_t>(at.apply)) return;
        auto param = load(type, args.in[at.parameter]);
        auto buffer = at.buffers > 0 ? load(type, args.in[at.first_buffer])
                                     : std::vector<double>(param.size());
        const auto grad = load(grad_type, args.in[at.gradient]);
        const TensorType scalar{type.dtype, {}};
        const double lr = load(scalar, args.in[at.learning_rate])[0],
                     clip = load(scalar, args.in[at.clip_scale])[0];
        for (size_t i = 0; i < param.size(); ++i) {
          buffer[i] = momentum * buffer[i] + clip * grad[i];
          param[i] = (1 - lr * decay) * param[i] - lr * buffer[i];
        }
        store(type, param, args.out[0]);
        if (at.buffers > 0) store(type, buffer, args.out[at.first_result]);
        // The copy is that of the stored value, not of the double.
        if (at.copy)
          store({DType::bf16, type.shape}, load(type, args.out[0]), args.out[*at.copy_result]);
      },
      0};
}

}  // namespace tessera::reference
