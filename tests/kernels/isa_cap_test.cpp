// What a cap of the instruction set reaches beyond the profile. A cap holds for a process, so each
// check runs in a process of its own.
#include "framework/kernels/cpu/shared/isa_cap.h"

#include <cstdio>
#include <cstdlib>

#include "framework/core/error.h"
#include "framework/device/cpu/profile.h"
#include "framework/kernels/cpu/shared/onednn.h"
#include "tests/kernels/run_kernel.h"

namespace tessera::cpu {
namespace {

class IsaCap : public ::testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

/// Ends the process with 0 when `action` throws an `Error`, whose text it prints.
template <typename Error, typename Action>
[[noreturn]] void end_after(Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    std::fputs(error.what(), stderr);
    std::exit(0);
  }
  std::exit(1);
}

TEST_F(IsaCap, MayBeRepeatedButNotChanged) {
  EXPECT_EXIT(
      {
        hold_process_to(Isa::sse41);
        hold_process_to(Isa::sse41);
        end_after<UserError>([] { hold_process_to(Isa::avx2); });
      },
      ::testing::ExitedWithCode(0),
      "device.isa: avx2 is asked for, but this process is held to sse41 already");
}

TEST_F(IsaCap, ComesTooLateOnceTheLibraryWasUsed) {
  EXPECT_EXIT(
      {
        onednn_multiplies_bf16();
        end_after<InternalError>([] { hold_process_to(Isa::sse41); });
      },
      ::testing::ExitedWithCode(0), "used before device.isa could cap it");
}

/// The processor's own instruction makes a denormal 0; code for a lesser one keeps it, as bf16 can.
bool keeps_denormals() {
  testing::Values tiny = testing::random_values(DType::f32, {16}, 1);
  tiny.data.assign(16, double{1e-39f});
  const auto out = testing::run_kernel(cpu_kernel("cast"), "cast", {}, {tiny},
                                       {{DType::bf16, {16}}}, cpu_profile().isa);
  return out[0][0] != 0;
}

TEST_F(IsaCap, KeepsStoresFromInstructionsAboveIt) {
  if (cpu_profile().isa < Isa::avx512) GTEST_SKIP() << "this machine has no AVX-512";
  EXPECT_EXIT(
      {
        hold_process_to(Isa::avx512);
        std::exit(!has_bf16_instructions() && keeps_denormals() ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
  EXPECT_EXIT(std::exit(has_bf16_instructions() == (cpu_profile().isa >= Isa::avx512_bf16) &&
                                has_bf16_instructions() != keeps_denormals()
                            ? 0
                            : 1),
              ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace tessera::cpu
