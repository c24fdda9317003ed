// The tests of this room; under mpirun the conformance suite over MPI instead:
//   mpirun -n N test_comm [--messages] [--ranks-per-host N] [CASE…]
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>

#include "framework/comm/mpi.h"
#include "tests/comm/conformance.h"
#include "tests/comm/watchdog.h"

namespace tessera {
namespace {

int run_over_mpi(int arguments, char** argument) {
  MpiOptions options;
  std::set<std::string> chosen;
  for (int i = 1; i < arguments; ++i) {
    const std::string word = argument[i];
    if (word == "--messages") {
      options.shared_memory = false;
    } else if (word == "--ranks-per-host" && i + 1 < arguments) {
      options.ranks_per_host = std::atoi(argument[++i]);
    } else {
      chosen.insert(word);
    }
  }
  const std::unique_ptr<World> world = make_mpi_world(options);
  size_t run = 0;
  for (const ConformanceCase& tested : conformance_cases()) {
    if (!chosen.empty() && chosen.count(tested.name) == 0) continue;
    const Watchdog watchdog(tested.name);
    const auto begin = std::chrono::steady_clock::now();
    tested.body(*world);
    world->all().barrier();
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
    if (world->rank() == 0) std::printf("%-30s %.2f s\n", tested.name, time.count());
    ++run;
  }
  if (world->rank() == 0) std::printf("%zu cases hold\n", run);
  if (run < chosen.size()) throw std::runtime_error("no such case");
  return 0;
}

}  // namespace
}  // namespace tessera

int main(int arguments, char** argument) {
  if (tessera::started_by_mpi()) {
    try {
      return tessera::run_over_mpi(arguments, argument);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "failed: %s\n", error.what());
      return 1;
    }
  }
  testing::InitGoogleTest(&arguments, argument);
  return RUN_ALL_TESTS();
}
