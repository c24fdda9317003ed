#include "framework/report/timeline.h"

#include <gtest/gtest.h>

#include "framework/core/error.h"
#include "framework/ops/ops.h"

namespace tessera {
namespace {

constexpr int64_t kSide = 8;
constexpr double kProduct = 2 * kSide * kSide * kSide;  // FLOPs
const TensorType kSquare{DType::f32, {kSide, kSide}};
constexpr int64_t kBytes = kSide * kSide * 4;

Plan plan(Graph graph) {
  return make_plan(std::move(graph), [](const Graph&, NodeId) -> size_t { return 0; });
}

Attrs along(const char* axis, int64_t ranks) { return {{"axis", axis}, {"ranks", ranks}}; }

/// A product takes `product` seconds, a message of kBytes among two ranks one second and its
/// latency.
Rates rates(double product, double latency = 0) {
  return {kProduct / product,
          {{"dp", {static_cast<double>(kBytes) / 2, latency}},
           {"tp", {static_cast<double>(kBytes) / 2, latency}}}};
}

/// x is gathered while `products` products run; then the result is used in another.
Graph gather(int products, bool apart) {
  Graph g("step");
  const Value x = g.add_input("x", kSquare, PortKind::data),
              y = g.add_input("y", kSquare, PortKind::data);
  Attrs attrs = along("dp", 2);
  if (apart) {
    attrs.set("start", true);
    attrs.set("ticket", int64_t{0});
  }
  Value gathered = g.add1(ops::all_gather, {x}, attrs, "gathered");
  Value z = y;
  for (int i = 0; i < products; ++i) z = ops::matmul(z, y);
  if (apart) {
    Attrs wait = along("dp", 2);
    wait.set("results", int64_t{1});
    wait.set("ticket", int64_t{0});
    gathered = g.add1(ops::wait, {gathered, x}, wait, "waited");
  }
  const Value flat = ops::reshape(gathered, {{"shape", Shape{2 * kSide, kSide}}});
  g.add_output("out", ops::matmul(flat, z));
  return g;
}

TEST(Traffic, CountsWhatOneRankSends) {
  // (n-1)/n of the message, all_reduce twice.
  EXPECT_DOUBLE_EQ(bytes_sent("all_gather", 4, 400), 300);
  EXPECT_DOUBLE_EQ(bytes_sent("reduce_scatter", 4, 400), 300);
  EXPECT_DOUBLE_EQ(bytes_sent("all_to_all", 4, 400), 300);
  EXPECT_DOUBLE_EQ(bytes_sent("all_reduce", 4, 400), 600);
  EXPECT_DOUBLE_EQ(bytes_sent("all_reduce", 1, 400), 0);
}

TEST(Traffic, TakesAMessageOfSeveralTensorsForOneCall) {
  Graph g("step");
  const Value a = g.add_input("a", {DType::f32, {2, 3}}, PortKind::data),
              b = g.add_input("b", {DType::f32, {2, 5}}, PortKind::data);
  Attrs narrow = along("dp", 2);
  narrow.set("wire", std::string("bf16"));
  for (const Attrs& attrs : {along("dp", 2), narrow})
    for (Value v : g.add(ops::reduce_scatter, std::vector{a, b}, attrs)) g.add_output(v.name(), v);
  g.add_output("whole", g.add1(ops::all_gather, {a}, along("tp", 4)));
  const Traffic traffic = traffic_of(g);
  EXPECT_EQ(traffic.count("dp", "reduce_scatter"), (Traffic::Count{2, 2, 16 * 4 + 16 * 2}));
  EXPECT_EQ(traffic.count("tp", "all_gather"), (Traffic::Count{4, 1, 6 * 4 * 4}));
  EXPECT_EQ(traffic.count("tp", "all_reduce"), Traffic::Count());
  EXPECT_EQ(traffic.calls(), 3);
  EXPECT_DOUBLE_EQ(traffic.sent("dp"), 48);
  EXPECT_DOUBLE_EQ(traffic.sent(), 48 + 72);
  Traffic twice;
  twice.add(traffic, 2);
  EXPECT_EQ(twice.since(traffic), traffic);
  EXPECT_EQ(traffic.since(traffic), Traffic());
}

TEST(Timeline, TakesLatencyForEveryMessageOfARing) {
  const Link link{10, 2};
  EXPECT_DOUBLE_EQ(seconds_of({"all_gather", "dp", 4, 400}, link), 3 * 2 + 30);
  EXPECT_DOUBLE_EQ(seconds_of({"all_reduce", "dp", 4, 400}, link), 6 * 2 + 60);
}

// The gather's message is of 2 · kBytes, of which one rank sends half: two seconds.
TEST(Timeline, ACollectiveHoldsUpEverything) {
  const Timeline time = timeline(plan(gather(3, false)), rates(1, 0.5));
  EXPECT_DOUBLE_EQ(time.compute, 3 + 2);  // the last product is of twice the rows
  EXPECT_DOUBLE_EQ(time.seconds, 5 + 2.5);
  EXPECT_DOUBLE_EQ(time.exposed(), 2.5);
  EXPECT_DOUBLE_EQ(time.axes.at("dp").busy, 2.5);
  EXPECT_DOUBLE_EQ(time.critical_compute, 5);
  EXPECT_DOUBLE_EQ(time.axes.at("dp").critical, 2.5);
  ASSERT_EQ(time.waits.size(), 1U);
  EXPECT_EQ(time.waits[0].name, "gathered");
}

TEST(Timeline, OneThatIsWaitedForApartIsHiddenByWhatRunsMeanwhile) {
  const Timeline all = timeline(plan(gather(3, true)), rates(1));
  EXPECT_DOUBLE_EQ(all.seconds, 5);
  EXPECT_DOUBLE_EQ(all.exposed(), 0);
  EXPECT_DOUBLE_EQ(all.axes.at("dp").busy, 2);
  EXPECT_DOUBLE_EQ(all.axes.at("dp").critical, 0);
  EXPECT_TRUE(all.waits.empty());
  const Timeline part = timeline(plan(gather(3, true)), rates(0.5));
  EXPECT_DOUBLE_EQ(part.exposed(), 0.5);  // 2 seconds beside 1.5
  EXPECT_DOUBLE_EQ(part.seconds, 2 + 1);
  // The path leads over the link, past the products beside it.
  EXPECT_DOUBLE_EQ(part.axes.at("dp").critical, 2);
  EXPECT_DOUBLE_EQ(part.critical_compute, 1);
}

TEST(Timeline, AnAxisCarriesOneCollectiveAtATime) {
  for (const char* other : {"dp", "tp"}) {
    Graph g("step");
    const Value x = g.add_input("x", kSquare, PortKind::data);
    std::vector<std::pair<Value, Attrs>> started;
    for (int64_t i = 0; i < 2; ++i) {
      Attrs attrs = along(i == 0 ? "dp" : other, 2);
      attrs.set("ticket", i);
      started.emplace_back(g.add1(ops::all_gather, {x}, attrs), attrs);
    }
    for (auto& [value, attrs] : started) {
      attrs.set("results", int64_t{1});
      const Value v = g.add1(ops::wait, {value, x}, attrs);
      g.add_output(v.name(), v);
    }
    const bool same = other == std::string("dp");
    EXPECT_DOUBLE_EQ(timeline(plan(std::move(g)), rates(1)).seconds, same ? 4 : 2) << other;
  }
}

TEST(Timeline, GraphsOfAnUpdateRunOneAfterTheOther) {
  Timeline all = timeline(plan(gather(3, false)), rates(1));
  all.add(Timeline(all), 2);
  EXPECT_DOUBLE_EQ(all.seconds, 3 * 7);
  EXPECT_DOUBLE_EQ(all.exposed(), 3 * 2);
  EXPECT_EQ(all.waits.size(), 2U);
}

TEST(Timeline, NeedsALinkForEveryAxis) {
  try {
    timeline(plan(gather(1, false)), {1, {{"tp", {1, 1}}}});
    FAIL();
  } catch (const UserError& error) {
    EXPECT_NE(std::string(error.what()).find("no link for the mesh axis 'dp'"), std::string::npos);
  }
}

}  // namespace
}  // namespace tessera
