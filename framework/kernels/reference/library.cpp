// The reference backend as a row of functions: loops whose speed nobody measures.
#include "framework/device/kernel_library.h"

namespace tessera {

const KernelLibrary& reference_kernels() {
  static constexpr KernelLibrary library{.backend = "reference", .find = &reference_kernel};
  return library;
}

}  // namespace tessera
