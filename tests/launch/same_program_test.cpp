// Ranks that compute with other instruction sets are refused together; those of other builds: mesh_failure_test.cpp.
#include "launch/same_program.h"

#include <gtest/gtest.h>

#include <atomic>

#include "framework/comm/agreement.h"
#include "framework/comm/threads.h"

namespace tessera {
namespace {

TEST(SameProgram, PassesOnOneMachine) {
  run_threads(2, [](World& world) { require_same_program(world, Isa::avx2); });
}

TEST(SameProgram, AnotherInstructionSetIsRefusedWithTheOneThatAllHave) {
  for (const Isa other : {Isa::amx, Isa::sse41}) {
    std::atomic<int> refused = 0;
    run_threads(3, [&](World& world) {
      try {
        require_same_program(world, world.rank() == 1 ? other : Isa::avx512);
      } catch (const SharedError& error) {
        ++refused;
        const std::string text = error.what();
        for (const std::string& part :
             {std::string("the instruction sets differ between the ranks: rank 1 on "),
              fmt::format("device.isa: {}", to_string(other)), std::string("device.isa: avx512"),
              fmt::format("--set device.isa={}", other == Isa::amx ? "avx512" : "sse41")})
          EXPECT_NE(text.find(part), std::string::npos) << part << " is not in " << text;
      }
    });
    EXPECT_EQ(refused, 3);
  }
}

}  // namespace
}  // namespace tessera
