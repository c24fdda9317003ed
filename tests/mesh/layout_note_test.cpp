#include "framework/mesh/layout_note.h"

#include <gtest/gtest.h>

#include "framework/core/error.h"

namespace tessera {
namespace {

const Mesh kMesh({{"dp", 2}, {"tp", 4}});

TEST(LayoutNote, LayoutsParseAsTheyPrint) {
  for (const char* text : {"[]", "[_]", "[dp, _]", "[_, tp, _]", "[(dp tp), _]"})
    EXPECT_EQ(to_string(parse_layout(text, kMesh), kMesh), text);
}

TEST(LayoutNote, AxesThatAMeshLacksDropOut) {
  const Mesh tp({{"tp", 4}});
  EXPECT_EQ(to_string(parse_layout("[dp, (dp tp)]", tp), tp), "[_, tp]");
  EXPECT_EQ(parse_layout("[dp, tp]", Mesh()), Layout::whole(2));
}

TEST(LayoutNote, TextThatIsNoLayoutIsABug) {
  for (const char* text : {"", "dp", "[dp", "[dp, dp]", "[(dp, tp)]", "[dp)]"})
    EXPECT_THROW(parse_layout(text, kMesh), InternalError) << text;
}

TEST(LayoutNote, AStarStandsForAnyText) {
  EXPECT_TRUE(matches("layer.3.mlp.up.weight", "layer.*.mlp.up.weight"));
  EXPECT_TRUE(matches("gpt.layer.3.attention.out", "*.layer.*.attention.out"));
  EXPECT_TRUE(matches("tokens", "*"));
  EXPECT_TRUE(matches("", "*"));
  EXPECT_FALSE(matches("layer.3.attention.out.grad", "*.attention.out"));
  EXPECT_FALSE(matches("layer.3.mlp.up.bias", "layer.*.mlp.up.weight"));
  EXPECT_FALSE(matches("tokens_in", "tokens"));
}

TEST(LayoutNote, TheFirstThatFitsDecides) {
  const std::vector<LayoutNote> notes{{"a.b", "[tp]"}, {"a.*", "[dp]"}};
  EXPECT_EQ(to_string(*find_layout(notes, "a.b", kMesh), kMesh), "[tp]");
  EXPECT_EQ(to_string(*find_layout(notes, "a.c", kMesh), kMesh), "[dp]");
  EXPECT_FALSE(find_layout(notes, "b", kMesh));
}

}  // namespace
}  // namespace tessera
