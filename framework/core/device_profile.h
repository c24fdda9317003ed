// What a target can do: backend, threads, memory, instruction set. `compile` takes the profile as a
// value and hands it to the kernels that it prepares; a plan is exact for its profile. What only a
// device's own room needs, such as the sizes of caches, stays there. device/cpu makes the profile
// of the CPU.
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
  std::string model;            // the device's own name
  int threads = 1;              // of the host, that its kernels may use
  size_t memory_bytes = 0;      // what this process may use of the device's memory
  Isa isa = Isa::avx2;          // for kernels that run on the host
};

}  // namespace tessera
