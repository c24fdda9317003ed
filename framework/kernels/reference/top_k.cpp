#include <algorithm>
#include <cmath>
#include <numeric>

#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel top_k_kernel(const KernelSpec& spec) {
  return {[in = spec.in[0], values = spec.out[0], indices = spec.out[1],
           k = spec.attrs.integer("k")](const KernelArgs& args) {
            const auto x = load(in, args.in[0]);
            const auto length = static_cast<size_t>(in.shape.back());
            std::vector<double> best, places;
            for (size_t row = 0; row < x.size(); row += length) {
              std::vector<size_t> order(length);
              std::iota(order.begin(), order.end(), size_t{0});
              std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
                const double u = x[row + a], v = x[row + b];
                return std::isnan(u) ? !std::isnan(v) : u > v;
              });
              for (size_t i = 0; i < static_cast<size_t>(k); ++i) {
                best.push_back(x[row + order[i]]);
                places.push_back(static_cast<double>(order[i]));
              }
            }
            store(values, best, args.out[0]);
            store(indices, places, args.out[1]);
          },
          0};
}

}  // namespace tessera::reference
