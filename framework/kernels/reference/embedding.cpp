#include <cmath>

#include "framework/core/part.h"
#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

Kernel embedding_kernel(const KernelSpec& spec) {
  const DimPart range = dim_part(spec.attrs, spec.in[1].shape[0]);
  return {[=, ids = spec.in[0], table = spec.in[1], out = spec.out[0]](const KernelArgs& args) {
            const auto at = load(ids, args.in[0]), rows = load(table, args.in[1]);
            const auto width = static_cast<size_t>(table.shape[1]);
            std::vector<double> result;
            for (double id : at) {
              const double row = id - static_cast<double>(range.first);
              const bool held = row >= 0 && row < static_cast<double>(table.shape[0]),
                         known = id >= 0 && id < static_cast<double>(range.whole);
              for (size_t i = 0; i < width; ++i)
                result.push_back(held    ? rows[static_cast<size_t>(row) * width + i]
                                 : known ? 0
                                         : std::nan(""));
            }
            store(out, result, args.out[0]);
          },
          0};
}

Kernel embedding_grad_kernel(const KernelSpec& spec) {
  const bool accumulate = spec.attrs.flag("accumulate");
  const DimPart range = dim_part(spec.attrs, spec.out[0].shape[0]);
  return {[=, ids = spec.in[0], cotangent = spec.in[1], out = spec.out[0]](const KernelArgs& args) {
            const auto at = load(ids, args.in[0]), dy = load(cotangent, args.in[1]);
            const auto width = static_cast<size_t>(out.shape[1]);
            auto result = accumulate ? load(out, args.in[2])
                                     : std::vector<double>(static_cast<size_t>(out.numel()));
            for (size_t k = 0; k < at.size(); ++k) {
              const double row = at[k] - static_cast<double>(range.first);
              if (row < 0 || row >= static_cast<double>(out.shape[0])) continue;
              for (size_t i = 0; i < width; ++i)
                result[static_cast<size_t>(row) * width + i] += dy[k * width + i];
            }
            store(out, result, args.out[0]);
          },
          0};
}

}  // namespace tessera::reference
