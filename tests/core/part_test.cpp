// Where a part lies in the whole: runs against a plain walk over all elements, and what is refused.
#include "framework/core/part.h"

#include <gtest/gtest.h>

namespace tessera {
namespace {

Attrs part(Shape whole, Shape origin) {
  return {{"whole", std::move(whole)}, {"origin", std::move(origin)}};
}

/// The place of every element of the part, dim by dim.
std::vector<int64_t> places(const Shape& whole, const Shape& origin, const Shape& local) {
  const Shape strides = strides_of(whole);
  std::vector<int64_t> out;
  for (int64_t e = 0; e < numel(local); ++e) {
    int64_t rest = e, at = 0;
    for (size_t d = local.size(); d-- > 0; rest /= local[d])
      at += (origin[d] + rest % local[d]) * strides[d];
    out.push_back(at);
  }
  return out;
}

struct Cut {
  Shape whole, origin, local;
  int64_t runs;
};

TEST(Part, RunsCoverItInOrder) {
  for (const Cut& cut : {Cut{{}, {}, {}, 1},
                         {{7}, {3}, {4}, 1},
                         {{4, 6}, {0, 0}, {4, 6}, 1},
                         {{4, 6}, {2, 0}, {2, 6}, 1},
                         {{4, 6}, {0, 3}, {4, 3}, 4},
                         {{4, 6}, {1, 2}, {3, 4}, 3},
                         {{4, 3, 5}, {1, 1, 0}, {2, 2, 5}, 2},
                         {{4, 3, 1, 5}, {1, 0, 0, 2}, {3, 3, 1, 2}, 9},
                         {{4, 6, 3, 2}, {2, 0, 0, 0}, {2, 6, 3, 2}, 1}}) {
    const PartRuns runs(part(cut.whole, cut.origin), cut.local);
    const auto want = places(cut.whole, cut.origin, cut.local);
    EXPECT_EQ(runs.whole(), numel(cut.whole));
    const auto n = static_cast<int64_t>(want.size());
    for (int64_t begin = 0; begin < n; ++begin)
      for (int64_t end = begin; end <= n; ++end) {
        int64_t count = 0, next = begin;
        runs.each(begin, end, [&](int64_t from, int64_t to, int64_t at) {
          EXPECT_EQ(from, next);
          ++count;
          for (next = from; next < to; ++next)
            EXPECT_EQ(at + next - from, want[static_cast<size_t>(next)]) << to_string(cut.local);
        });
        EXPECT_EQ(next, end);
        EXPECT_TRUE(begin > 0 || end < n || count == cut.runs) << to_string(cut.local);
      }
    for (int64_t e = 0; e < n; ++e) EXPECT_EQ(runs.place(e), want[static_cast<size_t>(e)]);
  }
}

/// What lies beyond the whole is padding, whichever dims are padded and wherever the part begins.
TEST(Part, RunsEndWhereTheWholeDoes) {
  for (const Cut& cut : {Cut{{5}, {3}, {4}, 0},
                         {{5}, {5}, {4}, 0},
                         {{3, 4}, {0, 0}, {4, 4}, 0},
                         {{3, 4}, {2, 0}, {2, 4}, 0},
                         {{2, 4}, {2, 0}, {2, 4}, 0},
                         {{4, 3, 2}, {0, 2, 0}, {4, 2, 2}, 0},
                         {{4, 3, 2}, {2, 2, 0}, {2, 2, 2}, 0},
                         {{3, 5, 8}, {2, 0, 4}, {2, 5, 4}, 0}}) {
    const PartRuns runs(part(cut.whole, cut.origin), cut.local);
    const auto at_home = places(cut.whole, cut.origin, cut.local);
    const auto n = static_cast<int64_t>(at_home.size());
    std::vector<int64_t> want;
    for (int64_t e = 0; e < n; ++e) {
      int64_t rest = e;
      bool inside = true;
      for (size_t d = cut.local.size(); d-- > 0; rest /= cut.local[d])
        inside = inside && cut.origin[d] + rest % cut.local[d] < cut.whole[d];
      want.push_back(inside ? at_home[static_cast<size_t>(e)] : -1);
    }
    for (int64_t begin = 0; begin < n; ++begin)
      for (int64_t end = begin; end <= n; ++end) {
        std::vector<int64_t> got;
        runs.each(begin, end, [&](int64_t from, int64_t to, int64_t at) {
          EXPECT_EQ(from, begin + std::ssize(got));
          EXPECT_LT(from, to);
          for (int64_t e = from; e < to; ++e) got.push_back(at < 0 ? -1 : at + e - from);
        });
        EXPECT_EQ(got, std::vector<int64_t>(want.begin() + begin, want.begin() + end))
            << to_string(cut.whole) << " " << to_string(cut.origin) << " " << begin;
      }
  }
}

TEST(Part, AllOfItIsOneRun) {
  const PartRuns runs({}, {3, 4});
  EXPECT_EQ(runs.whole(), 12);
  int64_t count = 0;
  runs.each(5, 12, [&](int64_t from, int64_t to, int64_t at) {
    EXPECT_EQ(from, 5);
    EXPECT_EQ(to, 12);
    EXPECT_EQ(at, 5);
    ++count;
  });
  EXPECT_EQ(count, 1);
  EXPECT_FALSE(part_of({{"seed", 7}}).has_value());
  EXPECT_EQ(dim_part({}, 5).whole, 5);
  EXPECT_EQ(dim_part({}, 5).first, 0);
  EXPECT_EQ(dim_part(part({9}, {4}), 5).whole, 9);
  EXPECT_EQ(dim_part(part({9}, {4}), 5).first, 4);
}

TEST(Part, AttributesAreHandedOn) {
  Attrs from = part({9}, {4});
  from.set("place", "here");
  from.set("out", "f32");
  Attrs want = from;
  want.erase("out");
  want.set("vocab", 5);
  EXPECT_EQ(with_part({{"vocab", 5}}, from), want);
  EXPECT_EQ(with_part({{"vocab", 5}}, {}), (Attrs{{"vocab", 5}}));
}

TEST(Part, WithoutOriginCannotRun) {
  const Attrs whole{{"whole", Shape{4}}}, place{{"whole", Shape{4}}, {"place", "tp"}};
  EXPECT_THROW(part_of(whole), InternalError);
  EXPECT_THROW(part_of(place), InternalError);
  EXPECT_THROW(part_of(part({4}, {0, 0})), InternalError);
  EXPECT_THROW(PartRuns(part({4}, {0}), {2, 2}), InternalError);
}

TEST(Part, MustFitTheWhole) {
  const auto words = [](const Attrs& attrs) -> std::string {
    try {
      require_part(attrs, {2, 3});
    } catch (const UserError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(words({}), "");
  EXPECT_EQ(words(part({4, 3}, {2, 0})), "");
  EXPECT_EQ(words({{"whole", Shape{4, 3}}, {"place", "dp"}}), "");
  for (const Attrs& bad : {part({4, 3}, {3, 0}), part({4, 3}, {-1, 0}), part({4}, {0}),
                           part({4, 3}, {0}), Attrs{{"whole", Shape{4, 2}}, {"place", "dp"}}})
    EXPECT_NE(words(bad).find("is no part of"), std::string::npos) << to_string(bad);
  EXPECT_NE(words({{"whole", Shape{4, 3}}}).find("does not say which"), std::string::npos);
  EXPECT_NE(words({{"origin", Shape{0, 0}}}).find("not in what"), std::string::npos);
}

}  // namespace
}  // namespace tessera
