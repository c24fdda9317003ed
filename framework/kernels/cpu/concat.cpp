#include <cstring>

#include "framework/core/dims.h"
#include "framework/core/threads.h"
#include "framework/device/kernel.h"

namespace tessera::cpu {

Kernel concat_kernel(const KernelSpec& spec) {
  const int64_t dim = spec.attrs.integer("dim");
  const auto element = static_cast<int64_t>(size_of(spec.out[0].dtype));
  std::vector<int64_t> runs;  // bytes of each operand's run per outer position
  int64_t total = 0;
  for (const TensorType& in : spec.in) {
    const DimSplit split = split_at(in.shape, dim);
    runs.push_back(split.size * split.inner * element);
    total += runs.back();
  }
  const auto run = [runs, total,
                    outer = split_at(spec.out[0].shape, dim).outer](const KernelArgs& args) {
    parallel_for(
        outer, std::max<int64_t>(1, (1 << 18) / total), [&](int64_t begin, int64_t end, int) {
          char* to = args.output<char>(0) + begin * total;
          for (int64_t o = begin; o < end; ++o)
            for (size_t k = 0; k < runs.size(); ++k) {
              std::memcpy(to, args.input<char>(k) + o * runs[k], static_cast<size_t>(runs[k]));
              to += runs[k];
            }
        });
  };
  return {run, 0};
}

}  // namespace tessera::cpu
