// The kernel of an op on a backend, out of the backends' tables.
#pragma once

#include "framework/device/kernel.h"

namespace tessera {

/// nullptr when the backend has no kernel for `op`; UserError when there is no such backend.
KernelFactory find_kernel(std::string_view op, std::string_view backend);

/// Prepares the kernel of `spec.op` on `spec.profile.backend`; UserError naming op, types and backend when it cannot.
Kernel prepare_kernel(const KernelSpec& spec);

}  // namespace tessera
