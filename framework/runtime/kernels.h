// The kernel of an op on a backend, out of the backends' tables.
#pragma once

#include "framework/device/kernel_library.h"
#include "framework/passes/expand.h"

namespace tessera {

/// The backend's kernels; UserError when there is no such backend.
const KernelLibrary& kernels_of(std::string_view backend);

/// nullptr when the backend has no kernel for `op`; UserError when there is no such backend.
KernelFactory find_kernel(std::string_view op, std::string_view backend);

/// What passes ask of a library, which must outlive the answer: whether it has a kernel for an op with these attributes.
HasKernel has_kernel_in(const KernelLibrary& kernels);

/// Prepares the kernel of `spec.op`. UserError naming op, types and backend when the backend has none, or refuses them;
/// whatever else is thrown keeps its kind.
Kernel prepare_kernel(const KernelSpec& spec, const KernelLibrary& kernels);

}  // namespace tessera
