#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel layer_norm_grad_kernel(const KernelSpec& spec) {
  std::vector<TensorType> in(spec.in.begin(), spec.in.end());
  std::vector<TensorType> out(spec.out.begin(), spec.out.end());
  return {[in, out, add = spec.attrs.flag("add")](const KernelArgs& args) {
            const auto x = load(in[0], args.in[0]), gain = load(in[1], args.in[1]),
                       mean = load(in[2], args.in[2]), rstd = load(in[3], args.in[3]),
                       dy = load(in[4], args.in[4]);
            const auto extra = add ? load(in[5], args.in[5]) : std::vector<double>(x.size(), 0.0);
            const size_t width = gain.size();
            std::vector<double> dx(x.size()), dgain(width), dbias(width);
            for (size_t r = 0; r < mean.size(); ++r) {
              const auto normal = [&](size_t i) { return (x[r * width + i] - mean[r]) * rstd[r]; };
              double sum_g = 0, sum_gn = 0;
              for (size_t i = 0; i < width; ++i) {
                const double d = dy[r * width + i];
                dbias[i] += d;
                dgain[i] += d * normal(i);
                sum_g += d * gain[i];
                sum_gn += d * gain[i] * normal(i);
              }
              const auto n = static_cast<double>(width);
              for (size_t i = 0; i < width; ++i) {
                const double g = dy[r * width + i] * gain[i];
                dx[r * width + i] =
                    rstd[r] * (g - sum_g / n - normal(i) * sum_gn / n) + extra[r * width + i];
              }
            }
            store(out[0], dx, args.out[0]);
            store(out[1], dgain, args.out[1]);
            store(out[2], dbias, args.out[2]);
          },
          0};
}

}  // namespace tessera::reference
