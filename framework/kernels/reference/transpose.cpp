#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel transpose_kernel(const KernelSpec& spec) {
  return {
      [in = spec.in[0], out = spec.out[0], perm = spec.attrs.list("perm")](const KernelArgs& args) {
        const auto x = load(in, args.in[0]);
        std::vector<double> y(static_cast<size_t>(out.numel()));
        for (int64_t i = 0; i < out.numel(); ++i) {
          int64_t rest = i, from = 0;
          const Shape strides = strides_of(in.shape);
          for (size_t d = out.shape.size(); d-- > 0; rest /= out.shape[d])
            from += rest % out.shape[d] * strides[static_cast<size_t>(perm[d])];
          y[static_cast<size_t>(i)] = x[static_cast<size_t>(from)];
        }
        store(out, y, args.out[0]);
      },
      0};
}

}  // namespace tessera::reference
