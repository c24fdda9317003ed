#include <cmath>

#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel adamw_kernel(const KernelSpec& spec) {
  const double beta1 = spec.attrs.real("beta1"), beta2 = spec.attrs.real("beta2"),
               eps = spec.attrs.real("eps"), decay = spec.attrs.real("weight_decay");
  const bool copy = spec.attrs.has("copy");
  return {
      [=, type = spec.in[0], grad_type = spec.in[1], number = spec.in[6]](const KernelArgs& args) {
        if (!*args.input<uint8_t>(7)) return;
        auto param = load(type, args.in[0]), m = load(type, args.in[2]), v = load(type, args.in[3]);
        const auto grad = load(grad_type, args.in[1]);
        const TensorType scalar{type.dtype, {}};
        const double lr = load(scalar, args.in[4])[0], clip = load(scalar, args.in[5])[0],
                     t = load(number, args.in[6])[0];
        for (size_t i = 0; i < param.size(); ++i) {
          const double g = clip * grad[i];
          m[i] = beta1 * m[i] + (1 - beta1) * g;
          v[i] = beta2 * v[i] + (1 - beta2) * g * g;
          const double m_hat = m[i] / (1 - std::pow(beta1, t));
          const double v_hat = v[i] / (1 - std::pow(beta2, t));
          param[i] = (1 - lr * decay) * param[i] - lr * m_hat / (std::sqrt(v_hat) + eps);
        }
        store(type, param, args.out[0]);
        store(type, m, args.out[1]);
        store(type, v, args.out[2]);
        // The copy is that of the stored value, not of the double.
        if (copy) store({DType::bf16, type.shape}, load(type, args.out[0]), args.out[3]);
      },
      0};
}

}  // namespace tessera::reference
