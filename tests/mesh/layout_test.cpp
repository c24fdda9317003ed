// Which rank holds what: every index is held by exactly the ranks that the layout says, however
// uneven the cut.
#include "framework/mesh/layout.h"

#include <gtest/gtest.h>

#include "tests/mesh/layouts.h"

namespace tessera {
namespace {

using testing::all_layouts;
using testing::small_meshes;

TEST(Layout, EveryIndexIsHeldAsOftenAsTheLayoutSays) {
  for (const Mesh& mesh : small_meshes())
    for (const Shape& shape : {Shape{}, Shape{7}, Shape{1, 8}, Shape{5, 12}, Shape{6, 2}})
      for (const Layout& layout : all_layouts(mesh, shape.size())) {
        SCOPED_TRACE(fmt::format("{} of {} on {}", to_string(layout, mesh), to_string(shape),
                                 to_string(mesh)));
        check_layout(layout, mesh);
        int64_t splits = 1;
        for (const auto& axes : layout.split)
          for (AxisId axis : axes) splits *= mesh.size(axis);
        std::vector<int64_t> held(static_cast<size_t>(numel(shape)), 0);
        const Shape local = local_shape(shape, layout, mesh);
        bool even = true;
        for (int64_t rank = 0; rank < mesh.size(); ++rank) {
          const Box box = box_of(shape, layout, mesh, rank);
          EXPECT_TRUE(Box::whole(shape).contains(box));
          for (size_t d = 0; d < shape.size(); ++d) EXPECT_LE(box.dims[d].size(), local[d]);
          even = even && box.shape() == local;
          const Shape strides = strides_of(shape);
          for (int64_t i = 0; i < numel(shape); ++i) {
            bool inside = true;
            for (size_t d = 0; d < shape.size(); ++d) {
              const int64_t at = i / strides[d] % shape[d];
              inside = inside && box.dims[d].begin <= at && at < box.dims[d].end;
            }
            held[static_cast<size_t>(i)] += inside;
          }
        }
        for (int64_t times : held) EXPECT_EQ(times, mesh.size() / splits);
        EXPECT_EQ(divides(shape, layout, mesh), even);
      }
}

TEST(Layout, Text) {
  const Mesh mesh({{"dp", 2}, {"tp", 2}});
  EXPECT_EQ(to_string(Layout::whole(0), mesh), "[]");
  EXPECT_EQ(to_string(Layout::whole(2), mesh), "[_, _]");
  EXPECT_EQ(to_string(Layout{.split = {{0}, {}, {1}}}, mesh), "[dp, _, tp]");
  EXPECT_EQ(to_string(Layout{.split = {{1, 0}, {}}}, mesh), "[(tp dp), _]");
  EXPECT_EQ(to_string(Layout{.split = {{}, {1}}, .partial = {0}}, mesh), "[_, tp] +sum(dp)");
  EXPECT_EQ(
      to_string(Layout::whole(1).with_partial(1, Reduction::max).with_partial(0, Reduction::max),
                mesh),
      "[_] +max(dp, tp)");
}

TEST(Layout, RefusesWhatCannotBe) {
  const Mesh mesh({{"dp", 2}, {"tp", 2}});
  EXPECT_THROW(check_layout(Layout{.split = {{0}, {0}}}, mesh), InternalError);
  EXPECT_THROW(check_layout(Layout{.split = {{0}}, .partial = {0}}, mesh), InternalError);
  EXPECT_THROW(check_layout(Layout{.split = {{2}}}, mesh), InternalError);
  EXPECT_THROW(Layout::whole(1).with_partial(0).with_partial(1, Reduction::max), InternalError);
}

}  // namespace
}  // namespace tessera
