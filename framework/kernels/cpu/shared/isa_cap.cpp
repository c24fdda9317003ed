#include "framework/kernels/cpu/shared/isa_cap.h"

#include <optional>

#include "framework/core/error.h"
#include "framework/kernels/cpu/shared/onednn.h"

namespace tessera::cpu {
namespace {

bool processor_rounds_to_bf16() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}

}  // namespace

bool stores_bf16_by_instruction = processor_rounds_to_bf16();

void hold_process_to(Isa isa) {
  static std::optional<Isa> held;
  require(
      !held || *held == isa,
      "device.isa: {} is asked for, but this process is held to {} already, and a process can be "
      "held to one only; start another",
      to_string(isa), to_string(held.value_or(isa)));
  if (held) return;
  check(set_isa_cap(isa), "oneDNN was used before device.isa could cap it");
  held = isa;
  if (isa < Isa::avx512_bf16) stores_bf16_by_instruction = false;
}

}  // namespace tessera::cpu
