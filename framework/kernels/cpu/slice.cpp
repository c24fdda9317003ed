#include "framework/device/kernel.h"
#include "framework/kernels/cpu/shared/strided_copy.h"

namespace tessera::cpu {

Kernel slice_kernel(const KernelSpec& spec) {
  const Shape strides = strides_of(spec.in[0].shape);
  const auto& starts = spec.attrs.list("starts");
  int64_t offset = 0;
  for (size_t d = 0; d < strides.size(); ++d) offset += starts[d] * strides[d];
  offset *= static_cast<int64_t>(size_of(spec.in[0].dtype));
  const StridedCopy copy(spec.out[0].shape, strides, spec.out[0].dtype);
  return {[copy, offset](const KernelArgs& args) {
            copy.run(args.input<char>(0) + offset, args.out[0]);
          },
          0};
}

}  // namespace tessera::cpu
