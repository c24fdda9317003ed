// Index rules: text to sizes and kinds, and what is refused.
#include "framework/graph/index_rule.h"

#include <gtest/gtest.h>

namespace tessera {
namespace {

using Kind = IndexRule::Kind;

TensorType f32(Shape shape) { return {DType::f32, std::move(shape)}; }

IndexRule rule(std::string_view text, std::vector<TensorType> in, std::vector<TensorType> out,
               const std::map<std::string, int64_t>& sizes = {}) {
  return make_rule(text, in, out, sizes);
}

const IndexRule::Index& index(const IndexRule& rule, std::string_view name) {
  for (const auto& index : rule.indices)
    if (index.name == name) return index;
  throw std::runtime_error("no such index");
}

TEST(IndexRule, SizesAndKindsOfAMatmul) {
  const IndexRule r = rule("b m k, k n -> b m n", {f32({2, 3, 5}), f32({5, 7})}, {f32({2, 3, 7})});
  ASSERT_EQ(r.indices.size(), 4u);
  EXPECT_EQ(index(r, "b").size, 2);
  EXPECT_EQ(index(r, "m").size, 3);
  EXPECT_EQ(index(r, "k").size, 5);
  EXPECT_EQ(index(r, "n").size, 7);
  EXPECT_EQ(index(r, "k").kind, Kind::sum) << "in no result";
  EXPECT_EQ(index(r, "n").kind, Kind::split);
  ASSERT_EQ(r.inputs.size(), 2u);
  EXPECT_EQ(r.inputs[1], (IndexRule::Operand{{2}, {3}}));
}

TEST(IndexRule, Tags) {
  const IndexRule r = rule("a! b^ c~ d -> a c", {f32({2, 3, 4, 5})}, {f32({2, 4})});
  EXPECT_EQ(index(r, "a").kind, Kind::whole);
  EXPECT_EQ(index(r, "b").kind, Kind::max);
  EXPECT_EQ(index(r, "c").kind, Kind::local);
  EXPECT_EQ(index(r, "d").kind, Kind::sum);
}

TEST(IndexRule, FactoredDims) {
  const IndexRule r =
      rule("b s (h d) -> b h s d", {f32({2, 3, 20})}, {f32({2, 4, 3, 5})}, {{"h", 4}});
  EXPECT_EQ(index(r, "h").size, 4);
  EXPECT_EQ(index(r, "d").size, 5);
  EXPECT_EQ(r.inputs[0][2].size(), 2u);
  EXPECT_EQ(r.outputs[0][1].size(), 1u);
  // Without the hint, the result tells.
  const IndexRule back = rule("b h s d -> b s (h d)", {f32({2, 4, 3, 5})}, {f32({2, 3, 20})});
  EXPECT_EQ(index(back, "h").size, 4);
}

TEST(IndexRule, DimsOfSizeOne) {
  const IndexRule r =
      rule("b 1 d, b s d -> b s d", {f32({2, 1, 5}), f32({2, 3, 5})}, {f32({2, 3, 5})});
  EXPECT_TRUE(r.inputs[0][1].empty());
  EXPECT_EQ(r.indices.size(), 3u);
}

TEST(IndexRule, ScalarsAndNoOperands) {
  const IndexRule scalar = rule("a b, -> a b", {f32({2, 3}), f32({})}, {f32({2, 3})});
  EXPECT_TRUE(scalar.inputs[1].empty());
  const IndexRule none = rule("-> a b", {}, {f32({2, 3})});
  EXPECT_TRUE(none.inputs.empty());
  EXPECT_EQ(index(none, "b").size, 3);
  EXPECT_EQ(index(none, "b").kind, Kind::split);
  const IndexRule all = rule("a b ->", {f32({2, 3})}, {f32({})});
  EXPECT_EQ(index(all, "a").kind, Kind::sum);
}

TEST(IndexRule, TextRoundTrip) {
  for (std::string text : {" a b!, b! c -> a c", " a (b c), 1 c -> a b c^"}) {
    const std::vector<TensorType> in = text[2] == 'b' ? std::vector{f32({2, 3}), f32({3, 4})}
                                                      : std::vector{f32({2, 12}), f32({1, 4})};
    const std::vector<TensorType> out = {text.find('(') == std::string::npos ? f32({2, 4})
                                                                             : f32({2, 3, 4})};
    const std::vector<TensorType> first =
        text.find('(') == std::string::npos ? std::vector{f32({2, 3}), f32({3, 4})} : in;
    const IndexRule parsed = make_rule(text, first, out, {{"b", 3}});
    EXPECT_EQ(make_rule(to_string(parsed), first, out, {{"b", 3}}), parsed) << to_string(parsed);
  }
}

TEST(IndexRule, RefusesWhatDoesNotFit) {
  const auto refused = [](std::string_view text, std::vector<TensorType> in,
                          std::vector<TensorType> out) {
    EXPECT_THROW(make_rule(text, in, out), InternalError) << text;
  };
  refused("a b", {f32({2, 3})}, {f32({2, 3})});            // no arrow
  refused("a b, c -> a b", {f32({2, 3})}, {f32({2, 3})});  // too many operands
  refused("a -> a", {f32({2, 3})}, {f32({2})});            // rank of an operand
  refused("a b -> b a", {f32({2, 3})}, {f32({2, 3})});     // sizes
  refused("a b -> a c", {f32({2, 3})}, {f32({2, 3, 1})});  // rank of a result
  refused("(a b) -> (a b)", {f32({6})}, {f32({6})});       // factors left open
  refused("(a b) -> a b", {f32({6})}, {f32({4, 2})});      // factors that do not divide
}

TEST(IndexRule, NamesForBroadcasting) {
  EXPECT_EQ(index_names(3), "a b c");
  EXPECT_EQ(index_names(0), "");
  EXPECT_EQ(index_names(2, 'x'), "x y");
  EXPECT_EQ(broadcast_names({5}, {2, 3, 5}), "c");
  EXPECT_EQ(broadcast_names({1, 5}, {2, 3, 5}), "1 c");
  EXPECT_EQ(broadcast_names({1, 1}, {4, 1}), "1 b");
}

}  // namespace
}  // namespace tessera
