#include <gtest/gtest.h>

#include "framework/device/cpu/profile.h"
#include "tests/launch/program.h"

namespace tessera {
namespace {

TEST(Doctor, SaysWhatThisMachineHas) {
  const ProgramRun run = program({"doctor"});
  ASSERT_EQ(run.status, 0) << run.err;
  const DeviceProfile profile = cpu_profile();
  EXPECT_NE(run.out.find(profile.model), std::string::npos);
  EXPECT_NE(run.out.find(std::string(to_string(profile.isa))), std::string::npos);
  for (const char* line : {"\ncores ", "\ninstructions ", "\ncaches ", "\nmemory ", "\noneDNN ",
                           "\nf32 matmul ", "\nbf16 matmul ", "\nmemory copy ", "\nmisses "})
    EXPECT_NE(run.out.find(line), std::string::npos) << line << " is not in\n" << run.out;
}

TEST(Doctor, MeasuresNothingWhenAskedNotTo) {
  const ProgramRun run = program({"doctor", "--no-measure"});
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.out.find("GFLOP/s"), std::string::npos);
}

}  // namespace
}  // namespace tessera
