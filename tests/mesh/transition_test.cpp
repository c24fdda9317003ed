// The moves between any two layouts, carried out on small tensors rank by rank: they end where they
// should, with the values they should, and touch only what they must.
#include "framework/mesh/transition.h"

#include <gtest/gtest.h>

#include "tests/mesh/layouts.h"

namespace tessera {
namespace {

using testing::all_layouts;

/// What the ranks of a mesh hold of one tensor.
class Held {
 public:
  /// Holds the tensor 0, 1, 2, …; partial ranks hold uneven shares that add up to it.
  Held(const Mesh& mesh, Shape shape, Layout layout)
      : mesh_(mesh), shape_(std::move(shape)), layout_(std::move(layout)) {
    std::vector<double> whole(static_cast<size_t>(numel(shape_)));
    for (size_t i = 0; i < whole.size(); ++i) whole[i] = static_cast<double>(i);
    for (int64_t rank = 0; rank < mesh.size(); ++rank) {
      double share = 1;
      for (AxisId axis : layout_.partial) {
        const double n = static_cast<double>(mesh.size(axis));
        share *= 2 * (static_cast<double>(mesh.coordinate(rank, axis)) + 1) / (n * (n + 1));
      }
      auto mine = cut(whole, Box::whole(shape_), box(rank));
      for (double& x : mine) x *= share;
      parts_.push_back(std::move(mine));
    }
  }

  void carry_out(const Move& move) {
    const Layout after = apply(layout_, move);
    check_layout(after, mesh_);
    std::vector<std::vector<double>> parts;
    for (int64_t rank = 0; rank < mesh_.size(); ++rank) {
      const auto group = mesh_.group(rank, move.axis);
      const Box to = box_of(shape_, after, mesh_, rank);
      std::vector<double> out(static_cast<size_t>(to.numel()));
      if (move.kind == Move::Kind::slice) {
        out = cut(parts_[static_cast<size_t>(rank)], box(rank), to);
      } else if (move.kind == Move::Kind::all_reduce || move.kind == Move::Kind::reduce_scatter) {
        for (int64_t other : group) {
          const auto part = cut(parts_[static_cast<size_t>(other)], box(other), to);
          for (size_t i = 0; i < out.size(); ++i) out[i] += part[i];
        }
      } else {
        for (int64_t other : group)
          if (const auto common = intersect(box(other), to))
            copy_box(*common, box(other), parts_[static_cast<size_t>(other)].data(), to, out.data(),
                     sizeof(double));
      }
      parts.push_back(std::move(out));
    }
    parts_ = std::move(parts);
    layout_ = after;
  }

  const Layout& layout() const { return layout_; }
  const std::vector<std::vector<double>>& parts() const { return parts_; }

 private:
  Box box(int64_t rank) const { return box_of(shape_, layout_, mesh_, rank); }
  static std::vector<double> cut(const std::vector<double>& from, const Box& held, const Box& to) {
    std::vector<double> out(static_cast<size_t>(to.numel()));
    if (!out.empty()) copy_box(to, held, from.data(), to, out.data(), sizeof(double));
    return out;
  }

  const Mesh& mesh_;
  Shape shape_;
  Layout layout_;
  std::vector<std::vector<double>> parts_;
};

TEST(Transition, EveryPairOfLayouts) {
  int64_t pairs = 0;
  for (const Mesh& mesh : {Mesh({{"dp", 3}}), Mesh({{"dp", 2}, {"tp", 2}})})
    for (const Shape& shape : {Shape{7}, Shape{4, 6}, Shape{3, 5}})
      for (const Layout& from : all_layouts(mesh, shape.size()))
        for (const Layout& to : all_layouts(mesh, shape.size())) {
          if (!std::includes(from.partial.begin(), from.partial.end(), to.partial.begin(),
                             to.partial.end()))
            continue;
          SCOPED_TRACE(fmt::format("{} → {} of {}", to_string(from, mesh), to_string(to, mesh),
                                   to_string(shape)));
          ++pairs;
          Held held(mesh, shape, from);
          for (const Move& move : transition(from, to)) held.carry_out(move);
          ASSERT_EQ(held.layout(), to);
          const Held want(mesh, shape, to);
          if (to.partial != from.partial && !to.partial.empty()) continue;  // shares differ
          for (size_t rank = 0; rank < want.parts().size(); ++rank)
            for (size_t i = 0; i < want.parts()[rank].size(); ++i)
              ASSERT_NEAR(held.parts()[rank][i], want.parts()[rank][i], 1e-12) << rank << " " << i;
        }
  EXPECT_GT(pairs, 300);
}

TEST(Transition, TheTable) {
  const Layout whole = Layout::whole(2), rows{.split = {{0}, {}}}, columns{.split = {{}, {0}}},
               partial{.split = {{}, {}}, .partial = {0}};
  using Kind = Move::Kind;
  EXPECT_EQ(transition(whole, whole), std::vector<Move>{});
  EXPECT_EQ(transition(rows, whole), (std::vector<Move>{{Kind::all_gather, 0, 0}}));
  EXPECT_EQ(transition(partial, whole), (std::vector<Move>{{Kind::all_reduce, 0}}));
  EXPECT_EQ(transition(partial, columns), (std::vector<Move>{{Kind::reduce_scatter, 0, 1}}));
  EXPECT_EQ(transition(rows, columns), (std::vector<Move>{{Kind::all_to_all, 0, 0, 1}}));
  EXPECT_EQ(transition(whole, columns), (std::vector<Move>{{Kind::slice, 0, 1}}));
  EXPECT_THROW(transition(whole, partial), InternalError);
}

/// Two axes on one dim in the wrong order: the inner one leaves first.
TEST(Transition, OrderMatters) {
  const Layout a{.split = {{0, 1}, {}}}, b{.split = {{1, 0}, {}}};
  using Kind = Move::Kind;
  EXPECT_EQ(transition(a, b), (std::vector<Move>{{Kind::all_gather, 1, 0},
                                                 {Kind::all_gather, 0, 0},
                                                 {Kind::slice, 1, 0},
                                                 {Kind::slice, 0, 0}}));
}

}  // namespace
}  // namespace tessera
