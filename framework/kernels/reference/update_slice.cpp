#include "framework/core/dims.h"
#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel update_slice_kernel(const KernelSpec& spec) {
  const int64_t fixed = spec.in.size() == 2 ? spec.attrs.integer("start") : -1;
  const int64_t starts =
      spec.in.size() == 3 && spec.in[2].shape.size() == 1 ? spec.in[2].shape[0] : 1;
  return {[target = spec.in[0], update = spec.in[1], dim = spec.attrs.integer("dim"), fixed,
           starts](const KernelArgs& args) {
            auto y = load(target, args.in[0]);
            const auto x = load(update, args.in[1]);
            const DimSplit whole = split_at(target.shape, dim), part = split_at(update.shape, dim);
            for (int64_t o = 0; o < part.outer; ++o) {
              const int64_t start =
                  fixed >= 0 ? fixed : args.input<int32_t>(2)[o * starts / part.outer];
              require(start >= 0 && start + part.size <= whole.size,
                      "update_slice: [{}, {}) is not inside a dim of {}", start, start + part.size,
                      whole.size);
              for (int64_t s = 0; s < part.size; ++s)
                for (int64_t i = 0; i < part.inner; ++i)
                  y[static_cast<size_t>((o * whole.size + start + s) * whole.inner + i)] =
                      x[static_cast<size_t>((o * part.size + s) * part.inner + i)];
            }
            store(target, y, args.out[0]);
          },
          0};
}

}  // namespace tessera::reference
