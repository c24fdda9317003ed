#include "framework/graph/query.h"

#include <gtest/gtest.h>

#include "framework/ops/ops.h"

namespace tessera {
namespace {

const TensorType kTable{DType::f32, {2, 3}};

TEST(Query, TheLayerOfANameStandsAnywhereInIt) {
  EXPECT_EQ(layer_of("layer.3.mlp.up.weight@bf16"), "layer.3");
  EXPECT_EQ(layer_of("gpt.layer.12.attention"), "gpt.layer.12");
  EXPECT_EQ(layer_of("encoder.layer.0.norm.gain"), "encoder.layer.0");
  EXPECT_EQ(layer_of("decoder.layer.10"), "decoder.layer.10");
  EXPECT_EQ(layer_of("prelayer.layer.4.w"), "prelayer.layer.4");
  for (const char* outside : {"", "tokens", "layer.norm.gain", "layer.", "layer.x.1", "player.1.w",
                              "layer.1x.w", "gpt.final.norm"})
    EXPECT_EQ(layer_of(outside), "") << outside;
}

TEST(Query, AncestorsAreWhatAValueIsMadeFrom) {
  Graph g;
  const Value x = g.add_input("x", kTable, PortKind::data);
  const Value a = ops::exp(x), b = ops::neg(x), c = ops::exp(a);
  g.add_output("b", b);
  EXPECT_EQ(ancestors_of(g, c.id()), (std::vector<bool>{true, false, true}));
  EXPECT_EQ(ancestors_of(g, x.id()), (std::vector<bool>{false, false, false}));
  EXPECT_EQ(needed_nodes(g), (std::vector<bool>{false, true, false}));
}

TEST(Query, TheGraphsOutputsReadBehindAllNodes) {
  Graph g;
  const Value x = g.add_input("x", kTable, PortKind::data), y = ops::add(x, x);
  g.add_output("y", y);
  EXPECT_EQ(readers_of(g)[static_cast<size_t>(x.id())], (Users::value_type{0, 0}));
  EXPECT_EQ(readers_of(g)[static_cast<size_t>(y.id())], (Users::value_type{1}));
  EXPECT_TRUE(users_of(g)[static_cast<size_t>(y.id())].empty());
}

TEST(Query, ViewsPartsAndMovesShowTheirOperand) {
  Graph g;
  const Value x = g.add_input("x", kTable, PortKind::data);
  const auto node = [&](Value v) -> const Node& { return g.node(v.info().node); };
  const Value flat = ops::reshape(x, {{"shape", Shape{6}}});
  const Value turned = ops::transpose(x, {{"perm", Shape{1, 0}}});
  const Value part = ops::slice(x, {{"starts", Shape{0, 0}}, {"limits", Shape{1, 3}}});
  const Value computed = ops::exp(x);
  EXPECT_TRUE(is_whole_view(g, node(flat)));
  EXPECT_FALSE(is_view(g, node(turned)));
  EXPECT_TRUE(shows_elements(g, node(turned)));
  EXPECT_TRUE(is_view(g, node(part)));
  EXPECT_FALSE(is_whole_view(g, node(part)));
  EXPECT_FALSE(shows_elements(g, node(computed)));
}

TEST(Query, WhatOnlyShowsAValueIsNamedForIt) {
  Graph g;
  const Value w = g.add_input("layer.0.q.weight", kTable, PortKind::state);
  const Attrs flat{{"shape", Shape{6}}};
  {
    Scope model(g, "gpt");
    Scope layer(g, "layer.0");
    EXPECT_EQ(ops::reshape(w, flat).name(), "gpt.layer.0.q.weight.reshape");
    const Value y = ops::exp(w, {}, "y");
    EXPECT_EQ(ops::reshape(y, flat).name(), "gpt.layer.0.y.reshape");
    EXPECT_EQ(ops::reshape(y, flat, "flat").name(), "gpt.layer.0.flat");
  }
  EXPECT_EQ(ops::reshape(w, flat).name(), "layer.0.q.weight.reshape");
}

}  // namespace
}  // namespace tessera
