// Which instruction sets may be used here: the processor must have them, the operating system must
// save their registers (XCR0), and for AMX the kernel must grant this process its tile state.
// Reading the facts and judging them are apart, so tests can judge machines other than this one.
#pragma once

#include <cstdint>

#include "framework/core/device_profile.h"

namespace tessera {

/// Raw answers of CPUID, of the extended control register and of the kernel.
struct CpuFacts {
  uint32_t leaf1_ecx = 0;
  uint32_t leaf7_ebx = 0, leaf7_edx = 0;
  uint32_t leaf7_1_eax = 0;
  uint64_t xcr0 = 0;             // 0 where the operating system has not enabled XSAVE
  bool tile_permission = false;  // the kernel lets this process use AMX tiles

  /// Whether the processor has AMX with bf16, usable or not.
  bool has_amx() const;
};

/// Asks the processor and the kernel. Asking for the tile permission grants it to the whole
/// process, for good.
CpuFacts read_cpu_facts();

/// The widest instruction set that the facts allow; throws UserError when even SSE4.1 is missing.
Isa isa_of(const CpuFacts& facts);

}  // namespace tessera
