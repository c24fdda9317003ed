// The world over MPI: this program again, under mpirun (main.cpp).
#include "framework/comm/mpi.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string>

#include "tests/comm/watchdog.h"

namespace tessera {
namespace {

struct Ended {
  int status = 0;
  std::string output;
};

/// Runs this program under mpirun; the run is stopped after a time, for a rank that hangs without a
/// case.
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

struct Fault {
  const char* name;
  const char* words;
  const char* said;  // what rank 0 says, which is not at fault
};

class MpiFailure : public testing::TestWithParam<Fault> {};

TEST_P(MpiFailure, OfOneRankEndsAllAndIsNamed) {
  const Ended ended = mpirun(3, GetParam().words);
  EXPECT_NE(ended.status, 0);
  EXPECT_NE(ended.status, 124) << "it hangs";
  for (const char* rank : {"rank 0: ", "rank 2: "})
    EXPECT_NE(ended.output.find(rank), std::string::npos) << ended.output;
  EXPECT_NE(ended.output.find(GetParam().said), std::string::npos) << ended.output;
  EXPECT_EQ(ended.output.find("unreachable"), std::string::npos) << ended.output;
}

INSTANTIATE_TEST_SUITE_P(
    Planted, MpiFailure,
    testing::Values(
        Fault{"Exception", "--plant exception", ") failed: the disk is full"},
        Fault{"ExceptionByMessages", "--messages --plant exception", ") failed: the disk is full"},
        Fault{"UnderWay", "--plant under-way", ") failed: the disk is full"},
        Fault{"UnderWayByMessages", "--messages --plant under-way", ") failed: the disk is full"},
        Fault{"Stuck", "--messages --plant stuck", ") failed: the disk is full; MPI is stuck"},
        Fault{"Kill", "--plant kill", ") died: its connection broke"},
        Fault{"KillByMessages", "--messages --plant kill", ") died: its connection broke"},
        Fault{"Stop", "--plant stop --silence 3", ") has given no sign of life for 3 s"},
        Fault{"StopByMessages", "--messages --plant stop --silence 3",
              ") has given no sign of life for 3 s"},
        Fault{"Absent", "--plant absent --hang 2", "all_reduce of wte.gradient hangs: rank "}),
    [](const auto& instance) { return std::string(instance.param.name); });

class MpiMismatch : public testing::TestWithParam<std::tuple<const char*, const char*>> {};

TEST_P(MpiMismatch, CallsThatDifferAreNamed) {
  const auto& [how, fault] = GetParam();
  const Ended ended = mpirun(2, std::string(how) + " --plant mismatch-" + fault);
  EXPECT_NE(ended.status, 0);
  EXPECT_NE(ended.status, 124) << "it hangs";
  for (const char* part :
       {"all_reduce of wte.gradient", " of wpe.gradient", "they differ in kind, types or counts"})
    EXPECT_NE(ended.output.find(part), std::string::npos) << ended.output;
  EXPECT_EQ(ended.output.find("unreachable"), std::string::npos) << ended.output;
}

INSTANTIATE_TEST_SUITE_P(Planted, MpiMismatch,
                         testing::Combine(testing::Values("", "--messages"),
                                          testing::Values("type", "kind", "count", "offset")),
                         [](const auto& instance) {
                           return std::string(std::get<1>(instance.param)) +
                                  (*std::get<0>(instance.param) ? "ByMessages" : "");
                         });

size_t times_in(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(Mpi, WarningsOfAllRanksArePrintedByTheFirst) {
  const Ended ended = mpirun(3, "--plant warnings");
  EXPECT_EQ(ended.status, 0) << ended.output;
  EXPECT_EQ(times_in(ended.output, "): the fan is loud"), 1) << ended.output;
  EXPECT_EQ(times_in(ended.output, "the fan is loud"), 1) << ended.output;
  EXPECT_NE(ended.output.find("ranks 1, 2 ("), std::string::npos) << ended.output;
  EXPECT_NE(ended.output.find("rank 0 ("), std::string::npos) << ended.output;
}

TEST(Mpi, IsNotStartedWithoutIt) { EXPECT_FALSE(started_by_mpi()); }

}  // namespace
}  // namespace tessera
