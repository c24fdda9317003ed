// What a target can do: instruction set, threads, memory, measured rates. `fuse` and `plan` take it as a value and so
// stay pure; a plan is exact for its profile. The CPU's own profile comes from device/cpu.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tessera {

/// Instruction sets in rising order; `device.isa` may cap the one used.
enum class Isa { sse41, avx2, avx512, avx512_bf16, amx };

std::string_view to_string(Isa isa);
Isa parse_isa(std::string_view name);  // UserError naming the known ones

struct DeviceProfile {
  std::string backend = "cpu";  // a column of the kernel table: "cpu" or "reference"
  Isa isa = Isa::avx2;
  int threads = 1;
  size_t memory_bytes =
      0;              // what this process may use: the smaller of the machine's and the cgroup's
  std::string model;  // the processor's own name
  size_t l1_bytes = 0, l2_bytes = 0, l3_bytes = 0;  // data caches that one core sees; 0: unknown
};

}  // namespace tessera
