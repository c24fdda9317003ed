#include "framework/device/cpu/isa.h"

#include <gtest/gtest.h>

#include "framework/core/error.h"

namespace tessera {
namespace {

constexpr uint32_t kSse41 = 1u << 19, kFma = 1u << 12, kAvx = 1u << 28, kF16c = 1u << 29;
constexpr uint32_t kAvx2 = 1u << 5;
constexpr uint32_t kAvx512 = 1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31;
constexpr uint32_t kBf16 = 1u << 5;
constexpr uint32_t kTiles = 1u << 22 | 1u << 24;
constexpr uint64_t kAllState = 0x7 | 0xe0 | 0x60000;

/// A processor with everything, under a system that enables everything.
CpuFacts everything() {
  CpuFacts facts;
  facts.leaf1_ecx = kSse41 | kFma | kAvx | kF16c;
  facts.leaf7_ebx = kAvx2 | kAvx512;
  facts.leaf7_edx = kTiles;
  facts.leaf7_1_eax = kBf16;
  facts.xcr0 = kAllState;
  facts.tile_permission = true;
  return facts;
}

TEST(Isa, TakesTheWidestThatIsAllowed) {
  CpuFacts facts = everything();
  EXPECT_EQ(isa_of(facts), Isa::amx);
  facts.leaf7_edx = 0;
  EXPECT_EQ(isa_of(facts), Isa::avx512_bf16);
  facts.leaf7_1_eax = 0;
  EXPECT_EQ(isa_of(facts), Isa::avx512);
  facts.leaf7_ebx = kAvx2;
  EXPECT_EQ(isa_of(facts), Isa::avx2);
  facts.leaf7_ebx = 0;
  EXPECT_EQ(isa_of(facts), Isa::sse41);
  facts.leaf1_ecx = 0;
  EXPECT_THROW(isa_of(facts), UserError);
}

TEST(Isa, NeedsTheSystemToSaveTheRegisters) {
  CpuFacts facts = everything();
  facts.xcr0 = 0x7 | 0xe0;  // no tiles
  EXPECT_EQ(isa_of(facts), Isa::avx512_bf16);
  facts.xcr0 = 0x7 | 0x20;  // a part of the AVX-512 state is not enough
  EXPECT_EQ(isa_of(facts), Isa::avx2);
  facts.xcr0 = 0x3;
  EXPECT_EQ(isa_of(facts), Isa::sse41);
}

TEST(Isa, NeedsEveryPartOfAvx512AndOfAmx) {
  for (const int missing : {16, 17, 28, 30, 31}) {
    CpuFacts facts = everything();
    facts.leaf7_ebx &= ~(1u << missing);
    EXPECT_EQ(isa_of(facts), Isa::avx2) << "without bit " << missing;
  }
  CpuFacts facts = everything();
  facts.leaf7_edx = 1u << 24;  // tiles, but no bf16 product
  EXPECT_EQ(isa_of(facts), Isa::avx512_bf16);
}

TEST(Isa, TilesNeedThePermissionOfTheKernel) {
  CpuFacts facts = everything();
  facts.tile_permission = false;
  EXPECT_TRUE(facts.has_amx());
  EXPECT_EQ(isa_of(facts), Isa::avx512_bf16);
}

TEST(Isa, ReadsThisMachineTheSameTwice) {
  EXPECT_EQ(isa_of(read_cpu_facts()), isa_of(read_cpu_facts()));
}

}  // namespace
}  // namespace tessera
