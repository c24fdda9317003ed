// What a run does is what its plan says, on every rung of the ladder: collectives and bytes by kind
// and axis, and every byte of memory.
#include <gtest/gtest.h>

#include "framework/comm/threads.h"
#include "framework/core/threads.h"
#include "framework/device/cpu/memory.h"
#include "tests/models/ladder.h"
#include "tests/models/planned_run.h"
#include "tests/models/toy_batches.h"

namespace tessera::testing {
namespace {

struct Exchanged : ::testing::TestWithParam<Rung> {};

void expect_as_planned(const char* text, const Sets& more) {
  device();  // sets the threads of the process when it is first asked for
  set_thread_count(1);
  const PlannedRun plan(toy_config(text, kOnTheLadder, more));
  const size_t before = buffer_bytes().current;
  const auto ranks = plan.assembly.mesh.size();
  ASSERT_GT(ranks, 1);
  run_threads(static_cast<int>(ranks), [&](World& world) {
    const auto learner = toy_learner(plan.config, device(), &world);
    world.all().barrier();
    if (world.rank() == 0) {
      EXPECT_EQ(static_cast<int64_t>(buffer_bytes().current - before),
                ranks * plan.known.memory.bytes());
    }
    world.all().barrier();
    for (int64_t step = 0; step < 2; ++step) {
      const Traffic then = learner->session().exchanged();
      learner->step(step);
      const Traffic now = learner->session().exchanged().since(then);
      EXPECT_EQ(now, plan.known.update) << "rank " << world.rank() << " counted\n"
                                        << to_string(now) << "planned\n"
                                        << to_string(plan.known.update);
    }
  });
}

TEST_P(Exchanged, Gpt) { expect_as_planned(kToyGpt, sets_of(GetParam())); }
TEST_P(Exchanged, Bert) { expect_as_planned(kToyBert, sets_of(GetParam())); }
TEST_P(Exchanged, GptInBf16) {
  Sets sets = sets_of(GetParam());
  sets.emplace_back("precision.compute=bf16");
  expect_as_planned(kToyGpt, sets);
}

INSTANTIATE_TEST_SUITE_P(Meshes, Exchanged, ::testing::ValuesIn(kRungs),
                         [](const auto& info) { return name_of(info.param); });

}  // namespace
}  // namespace tessera::testing
