// Boxes: what two of them share, and copying it between buffers laid out for either, against plain
// loops.
#include "framework/mesh/box.h"

#include <gtest/gtest.h>

#include "framework/core/error.h"
#include "framework/core/random.h"

namespace tessera {
namespace {

/// A box inside `shape`, drawn from (seed, dim); empty where `may_be_empty` and the draw says so.
Box draw(const Shape& shape, uint64_t seed, bool may_be_empty) {
  const Random random(seed, "box");
  Box box;
  for (size_t d = 0; d < shape.size(); ++d) {
    const auto n = static_cast<uint64_t>(shape[d]);
    const auto begin = static_cast<int64_t>(random.below(n, d, 0));
    const auto room = static_cast<uint64_t>(shape[d] - begin);
    const auto size = static_cast<int64_t>(random.below(room, d, 1)) + (may_be_empty ? 0 : 1);
    box.dims.push_back({begin, begin + size});
  }
  return box;
}

bool holds(const Box& box, const Shape& index) {
  for (size_t d = 0; d < index.size(); ++d)
    if (index[d] < box.dims[d].begin || index[d] >= box.dims[d].end) return false;
  return true;
}

int64_t place(const Box& box, const Shape& index) {
  int64_t at = 0;
  for (size_t d = 0; d < index.size(); ++d)
    at = at * box.dims[d].size() + index[d] - box.dims[d].begin;
  return at;
}

template <class F>
void each_index(const Shape& shape, const F& f) {
  const Shape strides = strides_of(shape);
  for (int64_t i = 0; i < numel(shape); ++i) {
    Shape index;
    for (size_t d = 0; d < shape.size(); ++d) index.push_back(i / strides[d] % shape[d]);
    f(index);
  }
}

TEST(Box, IntersectHoldsWhatBothHold) {
  for (const Shape& shape : {Shape{}, Shape{9}, Shape{4, 7}, Shape{3, 1, 5}})
    for (uint64_t seed = 0; seed < 60; ++seed) {
      const Box a = draw(shape, 2 * seed, true), b = draw(shape, 2 * seed + 1, true);
      const auto common = intersect(a, b);
      bool any = false;
      each_index(shape, [&](const Shape& index) {
        const bool both = holds(a, index) && holds(b, index);
        any = any || both;
        EXPECT_EQ(both, common && holds(*common, index));
      });
      EXPECT_EQ(any, common.has_value());
      EXPECT_TRUE(!common || (a.contains(*common) && b.contains(*common)));
    }
}

TEST(Box, CopiesWhatBothHoldAndNothingElse) {
  for (const Shape& shape : {Shape{}, Shape{9}, Shape{4, 7}, Shape{3, 2, 5}})
    for (uint64_t seed = 0; seed < 60; ++seed) {
      const Box from = draw(shape, 2 * seed, false), to = draw(shape, 2 * seed + 1, false);
      const auto part = intersect(from, to);
      if (!part) continue;
      std::vector<int32_t> source(static_cast<size_t>(from.numel())),
          target(static_cast<size_t>(to.numel()), -1);
      for (size_t i = 0; i < source.size(); ++i) source[i] = static_cast<int32_t>(i);
      copy_box(*part, from, source.data(), to, target.data(), sizeof(int32_t));
      each_index(shape, [&](const Shape& index) {
        if (!holds(to, index)) return;
        const auto want = holds(*part, index) ? static_cast<int32_t>(place(from, index)) : -1;
        EXPECT_EQ(target[static_cast<size_t>(place(to, index))], want);
      });
    }
}

TEST(Box, WholeShapeText) {
  const Box whole = Box::whole({2, 3});
  EXPECT_EQ(whole.shape(), (Shape{2, 3}));
  EXPECT_EQ(whole.numel(), 6);
  EXPECT_EQ(to_string(Box{{{0, 4}, {128, 256}}}), "[0:4, 128:256]");
  EXPECT_EQ(Box::whole({}).numel(), 1);
}

TEST(Box, RefusesWhatDoesNotFit) {
  std::vector<int32_t> bytes(8);
  const Box whole = Box::whole({8}), outside{{{4, 9}}};
  EXPECT_THROW(copy_box(outside, whole, bytes.data(), whole, bytes.data(), 4), InternalError);
  EXPECT_THROW(intersect(whole, Box::whole({2, 4})), InternalError);
}

}  // namespace
}  // namespace tessera
