// Replicas of a mesh share items out, and rank 0 gets every result once.
#include "framework/train/replica.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "framework/comm/threads.h"

namespace tessera::testing {
namespace {

Mesh mesh_of_sizes(int64_t dp, int64_t tp) {
  std::vector<MeshAxis> axes;
  if (dp > 1) axes.push_back({"dp", dp});
  if (tp > 1) axes.push_back({"tp", tp});
  return Mesh(std::move(axes));
}

/// On every rank of a mesh.
void on(int64_t dp, int64_t tp, const std::function<void(const Replica&)>& body) {
  const Mesh mesh = mesh_of_sizes(dp, tp);
  if (mesh.size() == 1) return body(Replica(mesh, nullptr));
  run_threads(static_cast<int>(mesh.size()), [&](World& world) { body(Replica(mesh, &world)); });
}

TEST(Replica, EveryItemIsGivenOnceInOrder) {
  for (const auto& [dp, tp] : {std::pair{1, 1}, {1, 2}, {3, 1}, {2, 2}})
    for (const size_t count : {0, 1, 2, 7, 20}) {
      std::vector<size_t> taken;
      on(dp, tp, [&](const Replica& replica) {
        share_out(
            replica, count, 2,
            [&](std::span<const size_t> numbers, const GiveResult& give) {
              // Results may come in any order.
              for (size_t i = numbers.size(); i-- > 0;)
                give(numbers[i], std::string(numbers[i] % 5, 'x') + std::to_string(numbers[i]));
            },
            [&](size_t number, const std::string& result) {
              EXPECT_TRUE(replica.leads());
              EXPECT_EQ(result, std::string(number % 5, 'x') + std::to_string(number));
              taken.push_back(number);
            });
      });
      EXPECT_TRUE(dp == 1 || std::ranges::is_sorted(taken));
      std::ranges::sort(taken);
      ASSERT_EQ(taken.size(), count) << dp << " " << tp;
      for (size_t i = 0; i < count; ++i) EXPECT_EQ(taken[i], i);
    }
}

TEST(Replica, RanksThatShareAModelAreNeighbours) {
  on(2, 2, [](const Replica& replica) {
    EXPECT_EQ(replica.count(), 2);
    EXPECT_EQ(to_string(replica.place().mesh), "tp=2");
    EXPECT_EQ(replica.place().world->size(), 2);
    EXPECT_EQ(replica.place().world->rank(), replica.place().rank);
    EXPECT_EQ(replica.sharers(), 4);
    int64_t sum = replica.number() * 10 + replica.place().rank;
    replica.place().world->all().run({.kind = Collective::Kind::all_reduce,
                                      .dtype = DType::i64,
                                      .pieces = {{&sum, &sum, 1}},
                                      .name = "places"});
    EXPECT_EQ(sum, replica.number() * 20 + 1);
    const auto texts = replica.collect(std::string(1, static_cast<char>('a' + replica.number())));
    EXPECT_EQ(texts,
              replica.leads() ? std::vector<std::string>({"a", "b"}) : std::vector<std::string>());
  });
}

TEST(Replica, GivesAllRanksWhatRankZeroHas) {
  on(2, 2, [](const Replica& replica) {
    const bool first = replica.leads();
    const std::vector<std::vector<int32_t>> lists{{1, 2, 3}, {}, {-7}};
    EXPECT_EQ(replica.share_lists(first ? lists : std::vector<std::vector<int32_t>>()), lists);
    EXPECT_EQ(replica.share(first ? std::string("a\0b", 3) : ""), std::string("a\0b", 3));
    EXPECT_EQ(replica.share_lists(std::vector<std::vector<float>>()).size(), 0u);
  });
}

}  // namespace
}  // namespace tessera::testing
