#include "framework/verify/rounding.h"

#include <gtest/gtest.h>

#include "framework/ops/ops.h"

namespace tessera {
namespace {

constexpr double kF32 = 0x1p-24, kBf16 = 0x1p-8;

std::optional<Rounding::Known> one(const std::string&) { return Rounding::Known{1, 2, true}; }

/// y = (a b) elementwise-plus c, k = 16.
Graph products(DType dtype) {
  Graph g("step");
  const Value a = g.add_input("a", {dtype, {4, 16}}, PortKind::data),
              b = g.add_input("b", {dtype, {16, 8}}, PortKind::data),
              c = g.add_input("c", {dtype, {4, 8}}, PortKind::data);
  const Value ab = ops::matmul(a, b, {}, "ab");
  g.add_output("y", ops::add(ab, c, {}, "y"));
  return g;
}

TEST(Rounding, GrowsWithTypeAndLengthOfTheSum) {
  const Graph wide = products(DType::f32), narrow = products(DType::bf16);
  // a b sums 16 products of root mean square 1: 4 is more than its peak.
  EXPECT_DOUBLE_EQ(Rounding(wide, one).of("ab").allowed(), 4 * (4 * kF32 + kF32) * 4 + 1e-37);
  EXPECT_DOUBLE_EQ(Rounding(narrow, one).of("ab").allowed(), 4 * (4 * kF32 + kBf16) * 4 + 1e-37);
  EXPECT_DOUBLE_EQ(Rounding(wide, one).of("y").allowed(), 4 * 2 * kF32 * 2 + 1e-37);
}

TEST(Rounding, AddsUpOverWhatTheRunsDoNotShare) {
  const Graph g = products(DType::f32);
  const auto all_but_ab = [](const std::string& name) -> std::optional<Rounding::Known> {
    return name == "ab" ? std::nullopt : one(name);
  };
  const RoundingBound y = Rounding(g, all_but_ab).of("y");
  EXPECT_DOUBLE_EQ(y.relative, 5 * kF32 + 2 * kF32);
  EXPECT_DOUBLE_EQ(y.scale, 4);
}

TEST(Rounding, ReckonsWithTheTypeInWhichAddendsTravel) {
  const Graph g = products(DType::f32);
  const std::map<std::string, DType> wires{{"ab", DType::bf16}, {"c", DType::bf16}};
  EXPECT_DOUBLE_EQ(Rounding(g, one, wires).of("ab").relative, 4 * kF32 + kBf16);
  EXPECT_DOUBLE_EQ(Rounding(g, one, wires).of("c").relative, kBf16);  // a sum that was put in
  EXPECT_DOUBLE_EQ(Rounding(g, one, wires).of("y").relative, 2 * kF32);
  EXPECT_EQ(Rounding(g, one, wires).of("a").allowed(), 0);
}

TEST(Rounding, InputsAndIntegersAreExact) {
  Graph g("step");
  const Value n = g.add_input("n", {DType::i32, {4}}, PortKind::data);
  g.add_output("m", ops::add(n, n, {}, "m"));
  EXPECT_EQ(Rounding(g, one).of("n").allowed(), 0);
  EXPECT_EQ(Rounding(g, one).of("m").allowed(), 0);
  EXPECT_THROW(Rounding(g, one).of("x"), InternalError);
}

}  // namespace
}  // namespace tessera
