// The world over MPI: this program again, under mpirun (main.cpp).
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string>

#include "framework/comm/mpi.h"
#include "tests/comm/watchdog.h"

namespace tessera {
namespace {

struct Ended {
  int status = 0;
  std::string output;
};

/// Stopped after a time, for a rank that hangs without a case.
Ended mpirun(int ranks, const std::string& words) {
  std::array<char, 4096> path{};
  const ssize_t length = readlink("/proc/self/exe", path.data(), path.size() - 1);
  EXPECT_GT(length, 0);
  const std::string line = "timeout -k 5 300 mpirun --allow-run-as-root --oversubscribe -n " +
                           std::to_string(ranks) + " " + path.data() + " " + words + " 2>&1";
  FILE* pipe = popen(line.c_str(), "r");
  Ended ended;
  for (size_t n = 1; n > 0;) {
    std::array<char, 4096> text{};
    n = fread(text.data(), 1, text.size(), pipe);
    ended.output.append(text.data(), n);
  }
  const int status = pclose(pipe);
  ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : 255;
  return ended;
}

struct Run {
  const char* name;
  int ranks;
  const char* words;
};

class Mpi : public testing::TestWithParam<Run> {};

TEST_P(Mpi, Conforms) {
  const Ended ended = mpirun(GetParam().ranks, GetParam().words);
  EXPECT_EQ(ended.status, 0) << ended.output;
  EXPECT_NE(ended.output.find("all cases hold"), std::string::npos) << ended.output;
}

INSTANTIATE_TEST_SUITE_P(Runs, Mpi,
                         testing::Values(Run{"One", 1, ""}, Run{"Two", 2, ""}, Run{"Three", 3, ""},
                                         Run{"Four", 4, ""}, Run{"FourByMessages", 4, "--messages"},
                                         Run{"TwoHostsOfTwo", 4, "--ranks-per-host 2"}),
                         [](const auto& instance) { return std::string(instance.param.name); });

class MpiFailure : public testing::TestWithParam<const char*> {};

TEST_P(MpiFailure, OfOneRankEndsAll) {
  const Ended ended = mpirun(3, GetParam());
  EXPECT_NE(ended.status, 0);
  EXPECT_NE(ended.status, 124) << "it hangs";
  EXPECT_NE(ended.output.find("rank 1 ("), std::string::npos) << ended.output;
  EXPECT_NE(ended.output.find("failed: the disk is full"), std::string::npos) << ended.output;
  EXPECT_EQ(ended.output.find("unreachable"), std::string::npos) << ended.output;
}

INSTANTIATE_TEST_SUITE_P(Planted, MpiFailure,
                         testing::Values("--plant exception", "--plant under-way"),
                         [](const auto& instance) {
                           return std::string(instance.index == 0 ? "Exception" : "UnderWay");
                         });

TEST(Mpi, CallsThatDifferAreNamed) {
  const Ended ended = mpirun(2, "--plant mismatch");
  EXPECT_NE(ended.status, 0);
  EXPECT_NE(ended.status, 124) << "it hangs";
  EXPECT_NE(ended.output.find("of wte.gradient"), std::string::npos) << ended.output;
  EXPECT_NE(ended.output.find("they differ in kind, types or counts"), std::string::npos)
      << ended.output;
}

TEST(Mpi, IsNotStartedWithoutIt) { EXPECT_FALSE(started_by_mpi()); }

}  // namespace
}  // namespace tessera
