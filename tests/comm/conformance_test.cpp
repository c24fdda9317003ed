// The conformance suite over the worlds of one process.
#include "tests/comm/conformance.h"

#include <gtest/gtest.h>

#include "framework/comm/self.h"
#include "framework/comm/threads.h"
#include "tests/comm/watchdog.h"

namespace tessera {
namespace {

class Conformance : public testing::TestWithParam<std::tuple<ConformanceCase, int>> {};

/// 0 ranks stand for the world of one.
TEST_P(Conformance, Holds) {
  const auto& [tested, ranks] = GetParam();
  const Watchdog watchdog(tested.name);
  if (ranks == 0) {
    SelfWorld world;
    EXPECT_NO_THROW(tested.body(world));
  } else {
    EXPECT_NO_THROW(run_threads(ranks, tested.body));
  }
}

std::string name_of(const testing::TestParamInfo<std::tuple<ConformanceCase, int>>& instance) {
  const auto& [tested, ranks] = instance.param;
  return std::string(tested.name) + (ranks == 0 ? "Self" : "Threads" + std::to_string(ranks));
}

INSTANTIATE_TEST_SUITE_P(Worlds, Conformance,
                         testing::Combine(testing::ValuesIn(conformance_cases().begin(),
                                                            conformance_cases().end()),
                                          testing::Values(0, 1, 2, 3, 4)),
                         name_of);

}  // namespace
}  // namespace tessera
