#include "framework/runtime/kernels.h"

#include <fmt/ranges.h>

#include "framework/core/error_context.h"
#include "framework/device/plugin_loader.h"

namespace tessera {

const KernelLibrary& kernels_of(std::string_view backend) {
  if (backend == "cpu") return cpu_kernels();
  if (backend == "reference") return reference_kernels();
  if (is_plugin(backend)) return *plugin(backend).kernels;
  user_error("there is no backend '{}'; known: cpu, reference, {}", backend,
             fmt::join(plugin_names(), ", "));
}

KernelFactory find_kernel(std::string_view op, std::string_view backend) {
  return kernels_of(backend).find(op);
}

HasKernel has_kernel_in(const KernelLibrary& kernels) {
  return [&kernels](const OpDef& op, const Attrs& attrs) {
    return kernels.find(op.name) != nullptr &&
           (kernels.has_form == nullptr || kernels.has_form(op.name, attrs));
  };
}

Kernel prepare_kernel(const KernelSpec& spec, const KernelLibrary& kernels) {
  const KernelFactory factory = kernels.find(spec.op);
  require(factory != nullptr, "there is no {} kernel for {}({})", kernels.backend, spec.op,
          fmt::join(spec.in, ", "));
  return in_context([&] { return factory(spec); },
                    [&](const char* error) {
                      return fmt::format("the {} kernel for {}({}){} cannot be made: {}",
                                         kernels.backend, spec.op, fmt::join(spec.in, ", "),
                                         to_string(spec.attrs), error);
                    });
}

}  // namespace tessera
