#include "framework/mesh/mesh.h"

#include <gtest/gtest.h>

#include "framework/core/error.h"

namespace tessera {
namespace {

TEST(Mesh, RanksAndCoordinates) {
  const Mesh mesh({{"pp", 2}, {"dp", 3}, {"tp", 4}});
  EXPECT_EQ(mesh.size(), 24);
  for (int64_t rank = 0; rank < mesh.size(); ++rank) {
    EXPECT_EQ(mesh.rank(mesh.coordinate(rank)), rank);
    for (AxisId axis = 0; axis < 3; ++axis) {
      const auto group = mesh.group(rank, axis);
      ASSERT_EQ(std::ssize(group), mesh.size(axis));
      for (int64_t i = 0; i < std::ssize(group); ++i) {
        auto expected = mesh.coordinate(rank);
        expected[static_cast<size_t>(axis)] = i;
        EXPECT_EQ(group[static_cast<size_t>(i)], mesh.rank(expected));
      }
    }
  }
  EXPECT_EQ(mesh.group(5, mesh.axis("tp")), (std::vector<int64_t>{4, 5, 6, 7}));
  EXPECT_EQ(mesh.group(5, mesh.axis("dp")), (std::vector<int64_t>{1, 5, 9}));
}

TEST(Mesh, TextAndBack) {
  for (const char* text : {"1", "dp=1", "dp=4,tp=2"}) EXPECT_EQ(to_string(parse_mesh(text)), text);
  EXPECT_EQ(parse_mesh("1").size(), 1);
  EXPECT_EQ(parse_mesh("dp=4,tp=2"), Mesh({{"dp", 4}, {"tp", 2}}));
}

TEST(Mesh, RefusesWhatIsNone) {
  for (const char* text : {"", "dp", "dp=", "=2", "dp=2,", "dp=x", "dp=2x", "dp=0", "dp=-1",
                           "dp=2,dp=2", "2", "dp=99999999999999999999"})
    EXPECT_THROW(parse_mesh(text), UserError) << text;
  EXPECT_THROW(parse_mesh("dp=2").axis("tp"), UserError);
}

}  // namespace
}  // namespace tessera
