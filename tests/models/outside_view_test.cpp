// Views of tensors of other programs: every box of ours, gathered through a view, holds the elements
// that the notation names, and no other bytes are read.
#include "models/outside_view.h"

#include <gtest/gtest.h>

#include <functional>

#include "framework/core/error.h"

namespace tessera::testing {
namespace {

const OutsideSizes kSizes{{"w", 6}, {"h", 3}, {"g", 2}, {"d", 4}, {"k", 2}, {"f", 5}};

/// What the pieces of a box hold: the place in theirs of each element of the box.
std::vector<int64_t> places(const OutsideView& view, const Box& box) {
  std::vector<int64_t> out(static_cast<size_t>(box.numel()), -1);
  for (const StridedPiece& piece : pieces_of(view, box, box)) {
    const std::function<void(size_t, int64_t, int64_t)> walk = [&](size_t loop, int64_t ours,
                                                                   int64_t theirs) {
      if (loop == piece.loops.size()) {
        EXPECT_EQ(out.at(static_cast<size_t>(ours)), -1) << "twice";
        out[static_cast<size_t>(ours)] = theirs;
        return;
      }
      for (int64_t i = 0; i < piece.loops[loop].size; ++i)
        walk(loop + 1, ours + i * piece.loops[loop].ours, theirs + i * piece.loops[loop].theirs);
    };
    walk(0, piece.ours, piece.theirs);
  }
  return out;
}

/// The same by the whole tensor: each element of the box by its index.
std::vector<int64_t> cut_from_whole(const OutsideView& view, const Box& box) {
  const Box whole = Box::whole(view.ours);
  const std::vector<int64_t> all = places(view, whole);
  std::vector<int64_t> out(static_cast<size_t>(box.numel()));
  copy_box(box, whole, all.data(), box, out.data(), sizeof(int64_t));
  return out;
}

TEST(OutsideView, ThePlacesAreThoseOfTheNotation) {
  const OutsideView fused = outside_view("h d w = w (1/3 h d)", kSizes);
  EXPECT_EQ(fused.ours, (Shape{3, 4, 6}));
  EXPECT_EQ(fused.theirs, (Shape{6, 36}));
  const std::vector<int64_t> at = places(fused, Box::whole(fused.ours));
  for (int64_t h = 0; h < 3; ++h)
    for (int64_t d = 0; d < 4; ++d)
      for (int64_t w = 0; w < 6; ++w)
        EXPECT_EQ(at[static_cast<size_t>((h * 4 + d) * 6 + w)], w * 36 + 12 + h * 4 + d);
  // Halves here, pairs there: row 0, 1 of a head of four are rows 0 and 2.
  const OutsideView pairs = outside_view("g (2 k) w = (g k 2) w", kSizes);
  const std::vector<int64_t> rows = places(pairs, Box::whole(pairs.ours));
  for (int64_t g = 0; g < 2; ++g)
    for (int64_t d = 0; d < 4; ++d)
      EXPECT_EQ(rows[static_cast<size_t>((g * 4 + d) * 6)], (g * 4 + d % 2 * 2 + d / 2) * 6);
}

TEST(OutsideView, AnyBoxIsAPartOfTheWhole) {
  for (const char* lies : {"h d w = (h d) w", "h d w = w (2/3 h d)", "g (2 k) w = (g k 2) w",
                           "w h d = (h d) w", "f w = w f", "f = f", "h d = (0/3 h d)"}) {
    const OutsideView view = outside_view(lies, kSizes);
    std::function<void(Box)> boxes = [&](Box box) {
      const size_t dim = box.dims.size();
      if (dim == view.ours.size()) {
        EXPECT_EQ(places(view, box), cut_from_whole(view, box)) << lies << " " << to_string(box);
        return;
      }
      box.dims.emplace_back();
      for (int64_t begin = 0; begin < view.ours[dim]; begin += 2)
        for (int64_t end = begin + 1; end <= view.ours[dim]; end += 2) {
          box.dims.back() = {begin, end};
          boxes(box);
        }
    };
    boxes({});
  }
}

TEST(OutsideView, OutAndIn) {
  for (const char* lies : {"h d w = (h d) w", "g (2 k) w = (g k 2) w", "w h d = (h d) w"}) {
    const OutsideView view = outside_view(lies, kSizes);
    std::vector<float> ours(static_cast<size_t>(numel(view.ours))), theirs(ours.size());
    for (size_t i = 0; i < ours.size(); ++i) ours[i] = static_cast<float>(i);
    place_in_theirs(view, ours, theirs);
    const std::vector<int64_t> at = places(view, Box::whole(view.ours));
    for (size_t i = 0; i < ours.size(); ++i)
      EXPECT_EQ(theirs[static_cast<size_t>(at[i])], ours[i]) << lies;
  }
}

TEST(OutsideView, RowsOfMemoryAreOneRun) {
  const OutsideView view = outside_view("h d w = (h d) w", kSizes);
  const auto pieces = pieces_of(view, Box::whole(view.ours), Box::whole(view.ours));
  ASSERT_EQ(pieces.size(), 1U);
  ASSERT_EQ(pieces[0].loops.size(), 1U);
  EXPECT_EQ(pieces[0].loops[0].size, 72);
}

TEST(OutsideView, AMistakeInATableIsABug) {
  EXPECT_THROW(outside_view("h d w (h d) w", kSizes), InternalError);
  EXPECT_THROW(outside_view("h d = h w", kSizes), InternalError);
  EXPECT_THROW(outside_view("h = h w", kSizes), InternalError);
  EXPECT_THROW(outside_view("q = q", kSizes), InternalError);
}

}  // namespace
}  // namespace tessera::testing
