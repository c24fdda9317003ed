#include "framework/kernels/cuda/library.h"

#include <cuda_runtime_api.h>

#include "framework/core/dense_activation.h"
#include "framework/core/error.h"
#include "framework/kernels/cuda/shared/cublaslt.h"
#include "framework/kernels/cuda/shared/matmul_rate.h"

namespace tessera::cuda {

bool has_form(std::string_view op, const Attrs& attrs) {
  if (op != "linear") return true;
  const DenseActivation activation = dense_activation(attrs);
  if (activation == DenseActivation::none) return !attrs.flag("save_preactivation");
  // The library adds what it adds before the activation.
  return activation == DenseActivation::gelu_tanh && !attrs.flag("residual");
}

Kernel part(std::string_view op, const Attrs& attrs, std::span<const TensorType> in,
            const TensorType& out, const DeviceProfile& profile) {
  const KernelFactory make = cuda_kernel(op);
  check(make != nullptr, "there is no cuda kernel for {}, which another kernel is made of", op);
  return make({op, attrs, in, {&out, 1}, profile});
}

const KernelLibrary& cuda_kernels() {
  static constexpr KernelLibrary library{
      .backend = "cuda",
      .find = &cuda_kernel,
      .has_form = &has_form,
      .versions =
          +[] {
            return std::vector<Fact>{
                {"CUDA", fmt::format("{}.{}", CUDART_VERSION / 1000, CUDART_VERSION % 1000 / 10)},
                {"cuBLASLt", cublaslt_version()}};
          },
      .matmul_gflops = &matmul_gflops};
  return library;
}

}  // namespace tessera::cuda
