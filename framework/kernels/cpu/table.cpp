// The cpu backend's column of the kernel table, made from the list of ops.
#include "framework/device/kernel.h"

namespace tessera {

#define TESSERA_DECLARE_yes(name) Kernel name##_kernel(const KernelSpec& spec);
#define TESSERA_DECLARE_no(name)
#define TESSERA_ROW_yes(name) \
  if (op == #name) return &cpu::name##_kernel;
#define TESSERA_ROW_no(name)

namespace cpu {
#define TESSERA_OP(name, reference, cpu) TESSERA_DECLARE_##cpu(name)
#include "framework/core/ops.def"
#undef TESSERA_OP
}  // namespace cpu

KernelFactory cpu_kernel(std::string_view op) {
#define TESSERA_OP(name, reference, cpu) TESSERA_ROW_##cpu(name)
#include "framework/core/ops.def"
#undef TESSERA_OP
  return nullptr;
}

}  // namespace tessera
