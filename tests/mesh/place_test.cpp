#include "framework/mesh/place.h"

#include <gtest/gtest.h>

#include "framework/core/error.h"
#include "framework/mesh/layout.h"

namespace tessera {
namespace {

using Places = std::vector<int64_t>;

TEST(Place, IsWhereTheBoxOfALayoutBegins) {
  const Mesh mesh({{"dp", 2}, {"tp", 3}});
  const Layout layout{{{0, 1}, {}}};
  const std::string place = join_places({place_of(12, {0, 1}, mesh), place_of(5, {}, mesh)});
  EXPECT_EQ(place, "dp*6+tp*2, 0");
  for (int64_t rank = 0; rank < mesh.size(); ++rank) {
    const Box box = box_of({12, 5}, layout, mesh, rank);
    EXPECT_EQ(origin_of(place, mesh, rank), (Places{box.dims[0].begin, box.dims[1].begin}));
  }
}

TEST(Place, WithoutAxesIsZero) {
  EXPECT_EQ(place_of(7, {}, Mesh()), "0");
  EXPECT_EQ(origin_of("0, 0", Mesh(), 0), (Places{0, 0}));
}

TEST(Place, TextThatIsNoneIsABug) {
  const Mesh mesh({{"dp", 2}});
  for (const char* text : {"dp", "dp*", "dp*x", "x"})
    EXPECT_THROW(origin_of(text, mesh, 0), InternalError) << text;
  EXPECT_THROW(place_of(7, {0}, mesh), InternalError);
}

}  // namespace
}  // namespace tessera
