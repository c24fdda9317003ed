#include <cstring>

#include "framework/core/dims.h"
#include "framework/core/threads.h"
#include "framework/device/kernel.h"
#include "framework/kernels/cpu/shared/copy_bytes.h"

namespace tessera::cpu {

Kernel update_slice_kernel(const KernelSpec& spec) {
  const int64_t dim = spec.attrs.integer("dim");
  const DimSplit target = split_at(spec.in[0].shape, dim), update = split_at(spec.in[1].shape, dim);
  const int64_t fixed = spec.in.size() == 2 ? spec.attrs.integer("start") : -1;
  // Parts of the outer dims that have a start of their own.
  const int64_t starts =
      spec.in.size() == 3 && spec.in[2].shape.size() == 1 ? spec.in[2].shape[0] : 1;
  const auto run = [=, element = static_cast<int64_t>(size_of(spec.out[0].dtype)),
                    bytes = static_cast<int64_t>(spec.out[0].bytes())](const KernelArgs& args) {
    const auto start_of = [&](int64_t i) { return fixed >= 0 ? fixed : args.input<int32_t>(2)[i]; };
    for (int64_t i = 0; i < starts; ++i)
      require(start_of(i) >= 0 && start_of(i) + update.size <= target.size,
              "update_slice: [{}, {}) is not inside a dim of {}", start_of(i),
              start_of(i) + update.size, target.size);
    copy_bytes(args.in[0], args.out[0], bytes);  // nothing to do where the target is donated
    const int64_t line = target.size * target.inner * element,
                  run = update.size * update.inner * element;
    char* to = args.output<char>(0);
    const char* from = args.input<char>(1);
    parallel_for(
        target.outer, std::max<int64_t>(1, (1 << 18) / run), [&](int64_t begin, int64_t end, int) {
          for (int64_t o = begin; o < end; ++o)
            std::memcpy(
                to + o * line + start_of(o * starts / target.outer) * target.inner * element,
                from + o * run, static_cast<size_t>(run));
        });
  };
  return {run, 0};
}

}  // namespace tessera::cpu
