#include <cmath>

#include "framework/core/update_operands.h"
#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel adamw_kernel(const KernelSpec& spec) {
  const double beta1 = spec.attrs.real("beta1"), beta2 = spec.attrs.real("beta2"),
               eps = spec.attrs.real("eps"), decay = spec.attrs.real("weight_decay");
  const UpdateOperands at(spec.attrs);
  return {[=, type = spec.in[at.parameter], grad_type = spec.in[at.gradient],
           number_type = spec.in[*at.number]](const KernelArgs& args) {
            if (!*args.input<uint8_t>(at.apply)) return;
            auto param = load(type, args.in[at.parameter]),
                 m = load(type, args.in[at.first_buffer]),
                 v = load(type, args.in[at.first_buffer + 1]);
            const auto grad = load(grad_type, args.in[at.gradient]);
            const TensorType scalar{type.dtype, {}};
            const double lr = load(scalar, args.in[at.learning_rate])[0],
                         clip = load(scalar, args.in[at.clip_scale])[0],
                         t = load(number_type, args.in[*at.number])[0];
            for (size_t i = 0; i < param.size(); ++i) {
              const double g = clip * grad[i];
              m[i] = beta1 * m[i] + (1 - beta1) * g;
              v[i] = beta2 * v[i] + (1 - beta2) * g * g;
              const double m_hat = m[i] / (1 - std::pow(beta1, t));
              const double v_hat = v[i] / (1 - std::pow(beta2, t));
              param[i] = (1 - lr * decay) * param[i] - lr * m_hat / (std::sqrt(v_hat) + eps);
            }
            store(type, param, args.out[0]);
            store(type, m, args.out[at.first_result]);
            store(type, v, args.out[at.first_result + 1]);
            // The copy is that of the stored value, not of the double.
            if (at.copy)
              store({DType::bf16, type.shape}, load(type, args.out[0]), args.out[*at.copy_result]);
          },
          0};
}

}  // namespace tessera::reference
