// Finds the kernel of an op in a backend's table.
#pragma once

#include "framework/device/kernel_library.h"
#include "framework/passes/expand.h"

namespace tessera {

/// The kernels of a backend; throws UserError when there is no such backend.
const KernelLibrary& kernels_of(std::string_view backend);

/// The kernel of `op` on a backend, nullptr when it has none; throws UserError when there is no
/// such backend.
KernelFactory find_kernel(std::string_view op, std::string_view backend);

/// The question that passes ask of a library: whether it has a kernel for an op with these
/// attributes. The library must outlive the answer.
HasKernel has_kernel_in(const KernelLibrary& kernels);

/// Prepares the kernel of `spec.op`. Throws UserError naming op, types and backend when the backend
/// has no kernel for the op or refuses the types; any other error keeps its kind.
Kernel prepare_kernel(const KernelSpec& spec, const KernelLibrary& kernels);

}  // namespace tessera
