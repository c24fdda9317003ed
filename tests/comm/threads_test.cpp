// What a world of threads does when a rank fails.
#include "framework/comm/threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "framework/core/error.h"
#include "framework/core/threads.h"
#include "tests/comm/watchdog.h"

namespace tessera {
namespace {

template <typename Body>
std::string message_of(const Body& body) {
  try {
    body();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "nothing was thrown";
}

#if !defined(__SANITIZE_THREAD__)  // TSan cannot see the barriers of OpenMP's runtime
/// A library opens such a team when a rank calls it.
int size_of_a_team() {
  std::atomic<int> size = 0;
#pragma omp parallel
  ++size;
  return size;
}

TEST(Threads, LibrariesThatRanksCallUseThePool) {
  const int before = thread_count();
  for (const int threads : {1, 3}) {
    set_thread_count(threads);
    run_threads(2, [&](World&) { EXPECT_EQ(size_of_a_team(), threads); });
  }
  set_thread_count(before);
}
#endif

TEST(Threads, AnExceptionOnOneRankEndsTheOthersWaits) {
  const Watchdog watchdog("an exception on one rank");
  std::atomic<int> aborted = 0;
  std::string seen[3];
  float values[3] = {};
  const auto body = [&](World& world) {
    if (world.rank() == 1) throw UserError("the disk is full");
    try {
      float& x = values[world.rank()];
      world.all().run({.pieces = {{&x, &x, 1}}});
    } catch (const WorldAborted& error) {
      seen[world.rank()] = error.what();
      ++aborted;
      throw;
    }
  };
  EXPECT_THROW(run_threads(3, body), UserError);
  EXPECT_EQ(aborted, 2);
  EXPECT_NE(seen[0].find("rank 1"), std::string::npos) << seen[0];
  EXPECT_NE(seen[2].find("the disk is full"), std::string::npos) << seen[2];
}

TEST(Threads, AnAbortedWaitLeavesNobodyAtWorkOnItsBuffers) {
  const Watchdog watchdog("an aborted wait");
  bool met = false;
  for (int attempt = 0; attempt < 20 && !met; ++attempt) {
    std::vector<float> in(8 << 20, 1.0F), first(in.size()), second(in.size());
    const auto count = static_cast<int64_t>(in.size());
    std::atomic<bool> came = false, begun = false;
    bool done = false;
    float last = 0;
    const auto body = [&](World& world) {
      const int64_t working[] = {1, 2}, waiting[] = {0, 1};
      if (world.rank() == 0) {
        while (!begun) std::this_thread::yield();
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        throw UserError("the disk is full");
      }
      if (world.rank() == 2) {
        while (!came) std::this_thread::yield();
        begun = true;
        world.group(working).start({.pieces = {{in.data(), second.data(), count}}});
        done = true;  // it came last and did the work for both
        throw UserError("enough");
      }
      Communicator& group = world.group(working);
      group.start({.pieces = {{in.data(), first.data(), count}}});
      came = true;
      try {
        float x = 0;
        world.group(waiting).run({.pieces = {{&x, &x, 1}}});
      } catch (const WorldAborted&) {
        last = first.back();
        first = {};
        throw;
      }
    };
    EXPECT_THROW(run_threads(3, body), UserError);
    if (last == 0 && !done) continue;  // rank 2 was too late
    met = true;
    EXPECT_EQ(last, 2);
  }
  EXPECT_TRUE(met);
}

TEST(Threads, NothingStartsInAnAbortedWorld) {
  const Watchdog watchdog("a start after an abort");
  EXPECT_THROW(run_threads(2,
                           [](World& world) {
                             world.give_up("enough");
                             world.all().barrier();
                           }),
               WorldAborted);
}

TEST(Threads, ARankThatEndedIsNotWaitedFor) {
  const Watchdog watchdog("a rank that ended");
  float x = 0;
  const std::string message = message_of([&] {
    run_threads(2, [&](World& world) {
      if (world.rank() == 0) world.all().run({.pieces = {{&x, &x, 1}}, .name = "wte.gradient"});
    });
  });
  EXPECT_EQ(message, "all_reduce of wte.gradient: rank 1 has ended and never came");
}

TEST(Threads, CallsThatDifferAreNamed) {
  const Watchdog watchdog("calls that differ");
  const auto run = [](const Collective& first, const Collective& second) {
    return message_of([&] {
      run_threads(2, [&](World& world) { world.all().run(world.rank() == 0 ? first : second); });
    });
  };
  using Kind = Collective::Kind;
  static float memory[8];
  const Collective reduce{.pieces = {{memory, memory, 1}}, .name = "a"};
  Collective other = reduce;
  other.pieces = {{memory, memory, 2}};
  other.name = "b";
  EXPECT_EQ(run(reduce, other),
            "rank 0 of the group starts all_reduce of a where rank 1 starts all_reduce of b: their "
            "counts differ");
  other = reduce;
  other.kind = Kind::all_gather;
  EXPECT_NE(run(reduce, other).find("they differ in kind"), std::string::npos);
  other = reduce;
  other.wire = DType::bf16;
  EXPECT_NE(run(reduce, other).find("their types differ"), std::string::npos);
  other = reduce;
  other.reduction = Reduction::max;
  EXPECT_NE(run(reduce, other).find("reduction, root or offset differ"), std::string::npos);
  const Collective shift{.kind = Kind::shift, .pieces = {{memory, memory + 4, 1}}, .name = "k"};
  other = shift;
  other.offset = -1;
  EXPECT_EQ(run(shift, other),
            "rank 0 of the group starts shift of k where rank 1 starts shift of k: reduction, root "
            "or offset differ");
  const Collective sent{.kind = Kind::broadcast, .pieces = {{nullptr, memory + 4, 1}}};
  EXPECT_NE(run(sent, sent).find("nothing to send"), std::string::npos);
}

}  // namespace
}  // namespace tessera
