#include "framework/core/dims.h"
#include "framework/device/kernel.h"
#include "framework/kernels/cpu/shared/strided_copy.h"

namespace tessera::cpu {

Kernel local_part_kernel(const KernelSpec& spec) {
  const Shape strides = strides_of(spec.in[0].shape);
  const auto dim = static_cast<size_t>(checked_dim(spec.attrs.integer("dim"), spec.in[0].rank()));
  const int64_t offset = spec.attrs.list("origin").at(0) * strides[dim] *
                         static_cast<int64_t>(size_of(spec.in[0].dtype));
  const StridedCopy copy(spec.out[0].shape, strides, spec.out[0].dtype);
  return {[copy, offset](const KernelArgs& args) {
            copy.run(args.input<char>(0) + offset, args.out[0]);
          },
          0};
}

}  // namespace tessera::cpu
