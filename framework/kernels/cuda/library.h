// The cuda backend: its table of kernels, and the backend as a row of functions for its device.
#pragma once

#include "framework/device/kernel_library.h"

namespace tessera::cuda {

const KernelLibrary& cuda_kernels();

/// The kernel of `op`, or nullptr when there is none.
KernelFactory cuda_kernel(std::string_view op);

/// Whether the kernel of `op` takes these attributes.
bool has_form(std::string_view op, const Attrs& attrs);

/// The kernel of `op` for these types; an InternalError when there is none. Kernels that are made
/// of others use it.
Kernel part(std::string_view op, const Attrs& attrs, std::span<const TensorType> in,
            const TensorType& out, const DeviceProfile& profile);

}  // namespace tessera::cuda
