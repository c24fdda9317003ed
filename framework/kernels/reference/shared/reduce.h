// Reductions over attribute dims, in double.
#pragma once

#include "framework/core/dims.h"
#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

/// The kernel out = f(…f(f(x0, x1), x2)…) over the reduced dims.
template <typename F>
Kernel reduce(const KernelSpec& spec, F f) {
  Shape kept = spec.in[0].shape;  // the result's shape, with the reduced dims as size one
  for (int64_t d : reduced_dims(spec.in[0].rank(), spec.attrs)) kept[static_cast<size_t>(d)] = 1;
  return {[in = spec.in[0], out = spec.out[0], kept, f](const KernelArgs& args) {
            const auto x = load(in, args.in[0]);
            std::vector<double> y(static_cast<size_t>(out.numel()));
            std::vector<bool> begun(y.size(), false);
            for (int64_t i = 0; i < in.numel(); ++i) {
              const auto at = static_cast<size_t>(broadcast_index(i, in.shape, kept));
              y[at] = begun[at] ? f(y[at], x[static_cast<size_t>(i)]) : x[static_cast<size_t>(i)];
              begun[at] = true;
            }
            store(out, y, args.out[0]);
          },
          0};
}

}  // namespace tessera::reference
