// Ranks that compute with other instruction sets are refused together; those of other builds:
// mesh_failure_test.cpp.
#include "launch/same_program.h"

#include <gtest/gtest.h>

#include <atomic>

#include "framework/comm/agreement.h"
#include "framework/comm/threads.h"
#include "tests/host_device.h"

namespace tessera {
namespace {

std::shared_ptr<Device> machine_with(Isa isa) {
  DeviceProfile profile;
  profile.isa = isa;
  return host_device(profile);
}

TEST(SameProgram, PassesOnOneMachine) {
  run_threads(2, [](World& world) { require_same_program(world, *machine_with(Isa::avx2)); });
}

TEST(SameProgram, AnotherInstructionSetIsRefusedWithTheOneThatAllHave) {
  for (const Isa other : {Isa::amx, Isa::sse41}) {
    std::atomic<int> refused = 0;
    run_threads(3, [&](World& world) {
      try {
        require_same_program(world, *machine_with(world.rank() == 1 ? other : Isa::avx512));
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
