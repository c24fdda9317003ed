#include "framework/core/part.h"
#include "framework/core/random.h"
#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel random_normal_kernel(const KernelSpec& spec) {
  const double std = spec.attrs.real("std");
  const Random random(static_cast<uint64_t>(spec.attrs.integer("seed")), spec.attrs.text("stream"));
  const PartRuns runs(spec.attrs, spec.out[0].shape);
  return {[=, type = spec.out[0]](const KernelArgs& args) {
            std::vector<double> y(static_cast<size_t>(type.numel()));
            runs.each(0, type.numel(), [&](int64_t from, int64_t to, int64_t at) {
              for (int64_t e = from; at >= 0 && e < to; ++e) {
                const auto place = static_cast<uint64_t>(at + e - from);
                y[static_cast<size_t>(e)] = std * random.normals(0, place / 4)[place % 4];
              }
            });
            store(type, y, args.out[0]);
          },
          0};
}

}  // namespace tessera::reference
