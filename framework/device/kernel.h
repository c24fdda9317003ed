// Kernel: a function prepared once, when the plan is made, from the op's types and attributes, and
// called with bare pointers ever after. Preparing picks code paths, creates library primitives and
// states how much scratch memory a call needs; calling allocates nothing. Kernels know nothing of
// graphs.
//
// Contract of a call: inputs and outputs are dense row-major buffers of exactly the types in the
// spec, aligned to kAlignment, at addresses of the stream's device; `scratch` has `scratch_bytes`.
// The work takes its turn on the stream. Unless the op's OpDef declares an alias, outputs overlap
// no input. A kernel gives the same bits every time.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "framework/core/attrs.h"
#include "framework/core/device_profile.h"
#include "framework/core/tensor_type.h"

namespace tessera {

class Stream;

struct KernelSpec {
  std::string_view op;
  const Attrs& attrs;
  std::span<const TensorType> in, out;
  const DeviceProfile& profile;
};

struct KernelArgs {
  void* const* in;
  void* const* out;
  void* scratch;
  const Stream* stream = nullptr;  // kernels of the host compute at once and need none

  template <typename T>
  const T* input(size_t i) const {
    return static_cast<const T*>(in[i]);
  }
  template <typename T>
  T* output(size_t i) const {
    return static_cast<T*>(out[i]);
  }
};

struct Kernel {
  std::function<void(const KernelArgs&)> run;
  size_t scratch_bytes = 0;
};

/// Prepares a kernel; throws UserError when this backend cannot run these types.
using KernelFactory = Kernel (*)(const KernelSpec&);

/// The kernel of `op` on a backend, or nullptr when the backend has none. Each backend has one
/// table: kernels/<backend>/table.cpp.
KernelFactory reference_kernel(std::string_view op);
KernelFactory cpu_kernel(std::string_view op);

}  // namespace tessera
