// The threads of ranks that share a host, by what each may run on.
#include "launch/core_share.h"

#include <gtest/gtest.h>

#include "framework/comm/threads.h"
#include "framework/core/threads.h"

namespace tessera {
namespace {

CoreSet cores(size_t begin, size_t end) {
  CoreSet out;
  for (size_t core = begin; core < end; ++core) out.set(core);
  return out;
}

std::vector<int> shares(const std::vector<CoreSet>& host) {
  std::vector<int> out;
  for (size_t rank = 0; rank < host.size(); ++rank) out.push_back(core_share(host, rank));
  return out;
}

TEST(CoreShare, BoundRanksKeepTheirOwn) {
  EXPECT_EQ(shares({cores(0, 4), cores(4, 8)}), (std::vector<int>{4, 4}));
  EXPECT_EQ(shares({cores(0, 12), cores(12, 16)}), (std::vector<int>{12, 4}));
}

TEST(CoreShare, RanksOfOneContainerDivideItHoweverLargeTheMachineIs) {
  EXPECT_EQ(shares({cores(8, 16), cores(8, 16)}), (std::vector<int>{4, 4}));
  EXPECT_EQ(shares({cores(1000, 1008), cores(1000, 1008), cores(1000, 1008)}),
            (std::vector<int>{2, 2, 2}));
}

TEST(CoreShare, OnlyRanksThatOverlapDivide) {
  EXPECT_EQ(shares({cores(0, 4), cores(4, 8), cores(4, 8)}), (std::vector<int>{4, 2, 2}));
  EXPECT_EQ(shares({cores(0, 8), cores(4, 8)}), (std::vector<int>{6, 2}));
}

TEST(CoreShare, ThirdsMakeAWholeAndOneCoreIsTheLeast) {
  EXPECT_EQ(shares(std::vector(3, cores(0, 3))), (std::vector<int>{1, 1, 1}));
  EXPECT_EQ(shares(std::vector(3, cores(0, 93))), (std::vector<int>{31, 31, 31}));
  EXPECT_EQ(shares(std::vector(5, cores(0, 2))), (std::vector<int>(5, 1)));
  EXPECT_EQ(shares({CoreSet(), cores(0, 2)}), (std::vector<int>{1, 2}));
}

TEST(CoreShare, RanksTellEachOtherWhatTheyMayRunOn) {
  EXPECT_GE(static_cast<int>(allowed_cores().count()), available_cores());
  run_threads(
      3, [](World& world) { EXPECT_EQ(allowed_cores(world), std::vector(3, allowed_cores())); });
}

}  // namespace
}  // namespace tessera
