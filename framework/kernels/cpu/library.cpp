// The cpu backend as a row of functions for its device.
#include "framework/device/kernel_library.h"
#include "framework/kernels/cpu/forms.h"
#include "framework/kernels/cpu/shared/isa_cap.h"
#include "framework/kernels/cpu/shared/matmul_rate.h"
#include "framework/kernels/cpu/shared/onednn.h"

namespace tessera {

const KernelLibrary& cpu_kernels() {
  static constexpr KernelLibrary library{
      .backend = "cpu",
      .find = &cpu_kernel,
      .has_form = &cpu::has_form,
      .hold_to = &cpu::hold_process_to,
      .versions =
          +[] {
            return std::vector<Fact>{{"oneDNN", cpu::onednn_version()}};
          },
      .product_type =
          +[](DType operands, const DeviceProfile& profile) {
            const bool bf16 = profile.isa >= Isa::avx512 && cpu::onednn_multiplies_bf16();
            return operands == DType::bf16 && !bf16 ? DType::f32 : operands;
          },
      .matmul_gflops = &cpu::matmul_gflops};
  return library;
}

}  // namespace tessera
