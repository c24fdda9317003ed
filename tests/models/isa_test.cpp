// The comparisons with PyTorch, and bf16, on every instruction set below this machine's own. The
// library's cap holds for a process and cannot be taken back, so each runs in a process of its own:
// this program again.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>

#include "framework/device/cpu/profile.h"
#include "tests/models/device.h"

namespace tessera::testing {
namespace {

struct Ended {
  int status = 0;
  std::string output;
};

Ended run(const std::string& command) {
  Ended out;
  std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  check(pipe != nullptr, "cannot run {}", command);
  char buffer[4096];
  while (const size_t n = std::fread(buffer, 1, sizeof buffer, pipe)) out.output.append(buffer, n);
  out.status = ::pclose(pipe);
  return out;
}

class InstructionSets : public ::testing::TestWithParam<Isa> {};

TEST_P(InstructionSets, TrainAlike) {
  if (std::getenv("TESSERA_TEST_ISA") != nullptr) GTEST_SKIP() << "part of a sweep already";
  const std::string isa(to_string(GetParam()));
  if (GetParam() > cpu_profile().isa) GTEST_SKIP() << "this machine has no " << isa;
  if (GetParam() == cpu_profile().isa) GTEST_SKIP() << isa << " is what all other tests run on";
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  const Ended ended =
      run(fmt::format("TESSERA_TEST_ISA={} OMP_WAIT_POLICY=passive '{}' "
                      "--gtest_filter='Models/Golden.*:Models/Bf16.*:"
                      "Models/Recomputation.KeepsEveryBit/*bf16'",
                      isa, self));
  EXPECT_TRUE(WIFEXITED(ended.status) && WEXITSTATUS(ended.status) == 0) << ended.output;
  EXPECT_NE(ended.output.find(fmt::format("({}): worst", isa)), std::string::npos);
  for (size_t at = 0; at < ended.output.size();) {  // the tables' titles
    const size_t end = std::min(ended.output.find('\n', at), ended.output.size());
    const std::string line = ended.output.substr(at, end - at);
    if (line.find(": worst") != std::string::npos) fmt::print("{}\n", line);
    at = end + 1;
  }
}

INSTANTIATE_TEST_SUITE_P(Models, InstructionSets,
                         ::testing::Values(Isa::sse41, Isa::avx2, Isa::avx512, Isa::avx512_bf16),
                         [](const auto& info) { return std::string(to_string(info.param)); });

}  // namespace
}  // namespace tessera::testing
