#include "framework/device/cpu/isa.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "framework/core/error.h"

namespace tessera {
namespace {

constexpr bool bit(uint64_t word, int n) { return (word >> n) & 1; }

// Parts of XCR0: bits 1 and 2 are the SSE and AVX state, 5 to 7 the AVX-512 state, 17 and 18 the
// tiles.
constexpr uint64_t kAvxState = 0x6, kAvx512State = 0xe6, kTileState = 0x60000;

constexpr bool saves(uint64_t xcr0, uint64_t state) { return (xcr0 & state) == state; }

}  // namespace

bool CpuFacts::has_amx() const { return bit(leaf7_edx, 22) && bit(leaf7_edx, 24); }

CpuFacts read_cpu_facts() {
  CpuFacts facts;
#if defined(__x86_64__)
  uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx)) facts.leaf1_ecx = ecx;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) {
    facts.leaf7_ebx = ebx;
    facts.leaf7_edx = edx;
    if (eax >= 1 && __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx)) facts.leaf7_1_eax = eax;
  }
  constexpr int kOsxsave = 27;
  if (bit(facts.leaf1_ecx, kOsxsave)) {
    uint32_t low = 0, high = 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    facts.xcr0 = uint64_t{high} << 32 | low;
  }
  constexpr long kRequestPermission = 0x1023, kTileData = 18;  // arch_prctl(2)
  if (facts.has_amx())
    facts.tile_permission = syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
#endif
  return facts;
}

Isa isa_of(const CpuFacts& facts) {
  require(bit(facts.leaf1_ecx, 19),
          "this processor lacks SSE4.1; Tessera's CPU kernels need an x86-64 processor with it");
  const bool fma = bit(facts.leaf1_ecx, 12), f16c = bit(facts.leaf1_ecx, 29);
  const bool avx2 = bit(facts.leaf1_ecx, 28) && bit(facts.leaf7_ebx, 5) && fma && f16c &&
                    saves(facts.xcr0, kAvxState);
  if (!avx2) return Isa::sse41;
  const bool avx512 = bit(facts.leaf7_ebx, 16) && bit(facts.leaf7_ebx, 17) &&  // F, DQ
                      bit(facts.leaf7_ebx, 28) && bit(facts.leaf7_ebx, 30) &&  // CD, BW
                      bit(facts.leaf7_ebx, 31) &&                              // VL
                      saves(facts.xcr0, kAvx512State);
  if (!avx512) return Isa::avx2;
  if (!bit(facts.leaf7_1_eax, 5)) return Isa::avx512;
  const bool amx = facts.has_amx() && saves(facts.xcr0, kTileState) && facts.tile_permission;
  return amx ? Isa::amx : Isa::avx512_bf16;
}

}  // namespace tessera
