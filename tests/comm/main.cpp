// The tests of this room; under mpirun the conformance suite over MPI instead:
//   mpirun -n N test_comm [--messages] [--ranks-per-host N] [--plant FAULT] [--silence S]
//                         [--hang S] [CASE…]
#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <thread>

#include "framework/comm/mpi.h"
#include "framework/core/log.h"
#include "tests/comm/conformance.h"
#include "tests/comm/mpi_stuck.h"
#include "tests/comm/watchdog.h"

namespace tessera {
namespace {

struct Words {
  MpiOptions options;
  std::string fault;
  std::set<std::string> cases;
};

Words read(int arguments, char** argument) {
  Words words;
  for (int i = 1; i < arguments; ++i) {
    const std::string word = argument[i];
    if (word == "--messages") {
      words.options.shared_memory = false;
    } else if (word == "--ranks-per-host" && i + 1 < arguments) {
      words.options.ranks_per_host = std::atoi(argument[++i]);
    } else if (word == "--plant" && i + 1 < arguments) {
      words.fault = argument[++i];
    } else if (word == "--silence" && i + 1 < arguments) {
      words.options.limits.silence = std::atof(argument[++i]);
    } else if (word == "--hang" && i + 1 < arguments) {
      words.options.limits.hang = std::atof(argument[++i]);
    } else {
      words.cases.insert(word);
    }
  }
  return words;
}

void run_cases(World& world, const std::set<std::string>& chosen) {
  size_t run = 0;
  for (const ConformanceCase& tested : conformance_cases()) {
    if (!chosen.empty() && chosen.count(tested.name) == 0) continue;
    const Watchdog watchdog(tested.name);
    const auto begin = std::chrono::steady_clock::now();
    tested.body(world);
    world.all().barrier();
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
    if (world.rank() == 0) std::printf("%-30s %.2f s\n", tested.name, time.count());
    ++run;
  }
  if (run == 0 || run < chosen.size()) throw std::runtime_error("no such case");
  if (world.rank() == 0) std::printf("all cases hold\n");
}

/// Ranks that go wrong: each ends here with an exception.
void run_fault(World& world, const std::string& fault) {
  const Watchdog watchdog(fault, std::chrono::seconds(60));
  // mpirun sends SIGTERM when one rank is dead; what the others find out is to be seen.
  std::signal(SIGTERM, SIG_IGN);
  Communicator& all = world.all();
  all.barrier();
  std::vector<float> data(1 << 22);
  const auto count = static_cast<int64_t>(data.size());
  if (fault == "exception") {
    if (world.rank() == 1) throw std::runtime_error("the disk is full");
    all.run({.pieces = {{data.data(), data.data(), count}}});
  } else if (fault == "kill" || fault == "stop" || fault == "absent") {
    if (world.rank() == 1) {
      if (fault != "absent") std::raise(fault == "kill" ? SIGKILL : SIGSTOP);
      std::this_thread::sleep_for(std::chrono::seconds(30));
    }
    all.run({.pieces = {{data.data(), data.data(), count}}, .name = "wte.gradient"});
  } else if (fault == "warnings") {
    log::warn("{}", world.rank() == 0 ? "the disk is slow" : "the fan is loud");
    return all.barrier();
  } else if (fault == "under-way" || fault == "stuck") {
    const bool stuck = fault == "stuck";
    mpi_is_stuck = stuck && world.rank() == 0;
    try {
      const auto ticket = all.start({.pieces = {{data.data(), data.data(), count}}});
      while (mpi_is_stuck && !in_stuck_mpi) std::this_thread::yield();
      if (world.rank() == (stuck ? 0 : 1)) throw std::runtime_error("the disk is full");
      all.wait(ticket);
      all.barrier();
    } catch (const std::exception& error) {
      world.give_up(error.what());  // before the buffers go
      throw;
    }
  } else if (fault.starts_with("mismatch")) {
    Collective call{.pieces = {{data.data(), data.data(), count}}, .name = "wte.gradient"};
    if (world.rank() == 0) {
      call.name = "wpe.gradient";
      if (fault == "mismatch-type") call.dtype = call.wire = DType::i32;
      if (fault == "mismatch-kind") call.kind = Collective::Kind::broadcast;
      if (fault == "mismatch-offset") call.offset = 2;
      if (fault == "mismatch-count") call.pieces = {{data.data(), data.data(), 5}};
    }
    all.run(std::move(call));
    // Messages of the next call must not be taken for the first one's.
    all.run({.pieces = {{data.data(), data.data(), 1}}});
  }
  throw std::runtime_error("unreachable");
}

int run_over_mpi(int arguments, char** argument) {
  Words words = read(arguments, argument);
  words.options.stuck = [](const World::Verdict& verdict) {
    std::fprintf(stderr, "rank 0: %s; MPI is stuck\n", verdict.cause.c_str());
    std::_Exit(1);
  };
  const std::unique_ptr<World> world = make_mpi_world(words.options);
  try {
    if (words.fault.empty()) {
      run_cases(*world, words.cases);
    } else {
      run_fault(*world, words.fault);
    }
  } catch (const std::exception& error) {
    world->give_up(error.what());
    std::fprintf(stderr, "rank %d: %s\n", world->rank(), error.what());
    return 1;
  }
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
