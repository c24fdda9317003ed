#include "framework/runtime/kernels.h"

namespace tessera {

KernelFactory find_kernel(std::string_view op, std::string_view backend) {
  if (backend == "cpu") return cpu_kernel(op);
  if (backend == "reference") return reference_kernel(op);
  user_error("there is no backend '{}'; known: cpu, reference", backend);
}

Kernel prepare_kernel(const KernelSpec& spec) {
  std::string types;
  for (const TensorType& t : spec.in) types += (types.empty() ? "" : ", ") + to_string(t);
  const KernelFactory factory = find_kernel(spec.op, spec.profile.backend);
  require(factory != nullptr, "there is no {} kernel for {}({})", spec.profile.backend, spec.op,
          types);
  try {
    return factory(spec);
  } catch (const std::exception& error) {
    throw UserError(fmt::format("the {} kernel for {}({}){} cannot be made: {}",
                                spec.profile.backend, spec.op, types, to_string(spec.attrs),
                                error.what()));
  }
}

}  // namespace tessera
