// KernelLibrary: the kernels of one backend, and what they know of the machine that they run on, as
// a row of plain functions that a device is given. A function that a backend does not offer is a
// null pointer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "framework/device/kernel.h"

namespace tessera {

/// A line about a machine or a library: {"oneDNN", "2.6.3"}.
struct Fact {
  std::string name, text;
};

struct KernelLibrary {
  std::string_view backend;
  /// The kernel of `op`, or nullptr when there is none.
  KernelFactory (*find)(std::string_view op);
  /// Whether the kernel of an op takes these attributes; null: every kernel takes all attributes of
  /// its op.
  bool (*has_form)(std::string_view op, const Attrs& attrs) = nullptr;
  /// Holds the process to an instruction set, before any kernel is prepared. Throws UserError when
  /// the process is already held to another set.
  void (*hold_to)(Isa isa) = nullptr;
  /// Versions of the libraries that the kernels stand on.
  std::vector<Fact> (*versions)() = nullptr;
  /// The type in which products of these operands are computed here: f32 where bf16 is widened
  /// first.
  DType (*product_type)(DType operands, const DeviceProfile& profile) = nullptr;
  /// GFLOP/s of a square product, measured for about `seconds`; throws UserError when there is no
  /// such product.
  double (*matmul_gflops)(DType operands, double seconds) = nullptr;
};

const KernelLibrary& cpu_kernels();
const KernelLibrary& reference_kernels();

}  // namespace tessera
