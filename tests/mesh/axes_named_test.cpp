#include <gtest/gtest.h>

#include "framework/mesh/layout_note.h"

namespace tessera {
namespace {

using Names = std::vector<std::string>;

TEST(LayoutNote, NamesItsAxes) {
  EXPECT_EQ(axes_named("[dp, _, (dp tp)]"), (Names{"dp", "dp", "tp"}));
  EXPECT_EQ(axes_named("[tpp,_]"), Names{"tpp"});
  EXPECT_EQ(axes_named("[_, _]"), Names{});
  EXPECT_EQ(axes_named("[]"), Names{});
}

}  // namespace
}  // namespace tessera
