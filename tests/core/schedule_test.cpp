// Learning rates against values worked out by hand from the formulas of docs/numerics.md.
#include "framework/core/schedule.h"

#include <gtest/gtest.h>

#include <vector>

namespace tessera {
namespace {

using Type = Schedule::Type;

void expect_rates(const Schedule& schedule, const std::vector<double>& rates) {
  for (size_t i = 0; i < rates.size(); ++i)
    EXPECT_NEAR(schedule.rate(static_cast<int64_t>(i) + 1), rates[i], 1e-6)
        << choice_name(schedule.type) << " with a warm-up of " << schedule.warmup << " of "
        << schedule.total << ", update " << i + 1;
}

TEST(Schedule, WithoutWarmUpTheFirstUpdateIsAtThePeak) {
  for (const int64_t warmup : {0, 1}) {
    expect_rates({Type::cosine, 1, warmup, 5, 0, 0}, {1, 0.853553, 0.5, 0.146447, 0});
    expect_rates({Type::linear, 1, warmup, 5, 0, 0.2}, {1, 0.8, 0.6, 0.4, 0.2});
    expect_rates({Type::constant, 1, warmup, 5, 0, 0}, {1, 1, 1, 1, 1});
    expect_rates({Type::wsd, 1, warmup, 5, 3, 0}, {1, 1, 2.0 / 3, 1.0 / 3, 0});
    expect_rates({Type::wsd, 1, warmup, 5, 5, 0}, {1, 0.75, 0.5, 0.25, 0});
  }
}

TEST(Schedule, RisesOverTheWarmUpAndThenFalls) {
  expect_rates({Type::linear, 1, 2, 5, 0, 0}, {0.5, 1, 2.0 / 3, 1.0 / 3, 0, 0});
  expect_rates({Type::cosine, 2, 4, 6, 0, 0.5}, {0.5, 1, 1.5, 2, 1.5, 1, 1});
  expect_rates({Type::wsd, 1, 2, 5, 2, 0}, {0.5, 1, 1, 0.5, 0});
}

/// A run that is all warm-up, be it of one update, ends at the peak.
TEST(Schedule, AWarmUpAsLongAsTheRunEndsAtThePeak) {
  for (const Type type : {Type::cosine, Type::linear, Type::constant, Type::wsd}) {
    expect_rates({type, 1, 0, 1, type == Type::wsd ? 1 : 0, 0.1}, {1});
    expect_rates({type, 1, 1, 1, 0, 0.1}, {1});
    expect_rates({type, 1, 5, 5, 0, 0.1}, {0.2, 0.4, 0.6, 0.8, 1});
  }
}

}  // namespace
}  // namespace tessera
