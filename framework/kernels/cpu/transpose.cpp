#include "framework/device/kernel.h"
#include "framework/kernels/cpu/shared/strided_copy.h"

namespace tessera::cpu {

Kernel transpose_kernel(const KernelSpec& spec) {
  const Shape of_input = strides_of(spec.in[0].shape);
  Shape strides;
  for (int64_t p : spec.attrs.list("perm")) strides.push_back(of_input[static_cast<size_t>(p)]);
  const StridedCopy copy(spec.out[0].shape, strides, spec.out[0].dtype);
  return {[copy](const KernelArgs& args) { copy.run(args.in[0], args.out[0]); }, 0};
}

}  // namespace tessera::cpu
