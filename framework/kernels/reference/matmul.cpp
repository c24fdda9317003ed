#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {
namespace {

struct Matrices {
  int64_t m, n, k;
  bool ta, tb;
  double a(const double* x, int64_t i, int64_t l) const { return ta ? x[l * m + i] : x[i * k + l]; }
  double b(const double* y, int64_t l, int64_t j) const { return tb ? y[j * k + l] : y[l * n + j]; }
};

Shape leading(const TensorType& type) { return {type.shape.begin(), type.shape.end() - 2}; }

}  // namespace

Kernel matmul_kernel(const KernelSpec& spec) {
  const std::vector<TensorType> in(spec.in.begin(), spec.in.end());
  const TensorType out = spec.out[0];
  const bool ta = spec.attrs.flag("trans_a"), tb = spec.attrs.flag("trans_b");
  const int64_t m = out.shape[out.shape.size() - 2], n = out.shape.back();
  const Matrices dims{m, n, in[0].shape[in[0].shape.size() - (ta ? 2 : 1)], ta, tb};
  return {[in, out, dims](const KernelArgs& args) {
            const auto a = load(in[0], args.in[0]), b = load(in[1], args.in[1]);
            std::vector<double> c =
                in.size() == 3 ? load(in[2], args.in[2])
                               : std::vector<double>(static_cast<size_t>(out.numel()), 0.0);
            const Shape batch = leading(out), batch_a = leading(in[0]), batch_b = leading(in[1]);
            for (int64_t g = 0; g < numel(batch); ++g) {
              const double* x = a.data() + broadcast_index(g, batch, batch_a) * dims.m * dims.k;
              const double* y = b.data() + broadcast_index(g, batch, batch_b) * dims.k * dims.n;
              double* z = c.data() + g * dims.m * dims.n;
              for (int64_t i = 0; i < dims.m; ++i)
                for (int64_t j = 0; j < dims.n; ++j) {
                  double sum = z[i * dims.n + j];
                  for (int64_t l = 0; l < dims.k; ++l) sum += dims.a(x, i, l) * dims.b(y, l, j);
                  z[i * dims.n + j] = sum;
                }
            }
            store(out, c, args.out[0]);
          },
          0};
}

}  // namespace tessera::reference
