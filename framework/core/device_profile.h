// What a target can do: backend, instruction set, threads, memory, caches. `compile` takes the
// profile as a value and hands it to the kernels that it prepares; a plan is exact for its profile.
// device/cpu makes the profile of the CPU.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tessera {

/// Instruction sets in rising order; `device.isa` may cap the one that is used.
enum class Isa { sse41, avx2, avx512, avx512_bf16, amx };

std::string_view to_string(Isa isa);
/// Throws a UserError that names the known sets.
Isa parse_isa(std::string_view name);

struct DeviceProfile {
  std::string backend = "cpu";  // a column of the kernel table: "cpu" or "reference"
  Isa isa = Isa::avx2;
  int threads = 1;
  /// Memory that this process may use: the smaller of the machine's and the cgroup's.
  size_t memory_bytes = 0;
  std::string model;                                // the processor's own name
  size_t l1_bytes = 0, l2_bytes = 0, l3_bytes = 0;  // data caches that one core sees; 0: unknown
};

}  // namespace tessera
