// The cuda backend's column of the kernel table: the kernels of ops.def, and those that call a
// library.
#include "framework/kernels/cuda/library.h"

namespace tessera::cuda {

#define TESSERA_CUDA_KERNEL(op) Kernel make_##op(const KernelSpec& spec);
#include "framework/kernels/cuda/ops.def"
#undef TESSERA_CUDA_KERNEL
Kernel make_linear(const KernelSpec& spec);
Kernel make_matmul(const KernelSpec& spec);

namespace {

struct Row {
  std::string_view op;
  KernelFactory make;
};

constexpr Row kRows[] = {
#define TESSERA_CUDA_KERNEL(op) {#op, &make_##op},
#include "framework/kernels/cuda/ops.def"
#undef TESSERA_CUDA_KERNEL
    {"linear", &make_linear},
    {"matmul", &make_matmul},
};

}  // namespace

KernelFactory cuda_kernel(std::string_view op) {
  for (const Row& row : kRows)
    if (row.op == op) return row.make;
  return nullptr;
}

}  // namespace tessera::cuda
