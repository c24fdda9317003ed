// Mixture: every sample has one source and one number in it, in proportion everywhere, and sources
// come, go and run out where they should.
#include "framework/data/mixture.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/temporary_folder.h"

namespace tessera {
namespace {

using Sources = std::vector<Mixture::Source>;

constexpr uint64_t kEndless = Mixture::kEndless;

/// Walks over the first `n` samples, and checks that each source gives its samples in order, as
/// `given` counts them. Returns what each gave.
std::vector<uint64_t> walk(const Mixture& mixture, uint64_t n) {
  std::vector<uint64_t> given(mixture.source_count(), 0);
  for (uint64_t sample = 0; sample < n; ++sample) {
    for (size_t s = 0; s < given.size(); ++s) EXPECT_EQ(mixture.given(s, sample), given[s]);
    const Mixture::Place place = mixture.place(sample);
    EXPECT_EQ(place.sample, given[place.source]++);
  }
  return given;
}

TEST(Mixture, EveryStretchIsInProportion) {
  const std::vector<uint64_t> weights{3, 1, 7, 2, 11, 1, 5};
  std::vector<Mixture::Source> sources;
  double all = 0;
  for (const uint64_t weight : weights) {
    sources.push_back({.weight = weight});
    all += static_cast<double>(weight);
  }
  const Mixture mixture(sources);
  EXPECT_EQ(mixture.samples(), kEndless);
  walk(mixture, 500);
  for (uint64_t n : {30ull, 1000ull, 123'456ull, 1ull << 50}) {
    uint64_t sum = 0;
    for (size_t s = 0; s < weights.size(); ++s) {
      const uint64_t given = mixture.given(s, n);
      sum += given;
      const auto share = static_cast<long double>(n) * static_cast<long double>(weights[s]) /
                         static_cast<long double>(all);
      EXPECT_LE(std::abs(static_cast<double>(static_cast<long double>(given) - share)), 2.0);
    }
    EXPECT_EQ(sum, n);
  }
  EXPECT_EQ(mixture.given(4, 30'000), 11'000u);
}

TEST(Mixture, OneSourceGivesAllSamples) {
  const Mixture mixture(Sources{{.weight = 12345}});
  for (const uint64_t sample : {0ull, 1ull, 99ull, 1ull << 60}) {
    EXPECT_EQ(mixture.place(sample).sample, sample);
    EXPECT_EQ(mixture.place(sample).source, 0u);
  }
}

TEST(Mixture, WhatOneMayNotGiveTheOthersFill) {
  const Mixture mixture(Sources{{.weight = 1, .most = 10}, {.weight = 1}, {.weight = 2}});
  const std::vector<uint64_t> given = walk(mixture, 400);
  EXPECT_EQ(given[0], 10u);
  EXPECT_EQ(given[1] + given[2], 390u);
  EXPECT_NEAR(static_cast<double>(given[2]), 260.0, 2.0);
  ASSERT_EQ(mixture.phase_begins().size(), 2u);
  const uint64_t change = mixture.phase_begins()[1];
  EXPECT_EQ(mixture.given(0, change), 10u);
  EXPECT_EQ(mixture.given(0, change - 1), 9u);
  EXPECT_NEAR(static_cast<double>(change), 40.0, 4.0);
}

TEST(Mixture, DataWithEpochsEnds) {
  const Mixture mixture(Sources{{.weight = 30, .most = 30}, {.weight = 50, .most = 50}});
  EXPECT_EQ(mixture.samples(), 80u);
  EXPECT_EQ(walk(mixture, 80), (std::vector<uint64_t>{30, 50}));
  EXPECT_EQ(mixture.given(0, 1000), 30u);
  EXPECT_EQ(mixture.phase_begins().back(), 79u);  // both end together, but for rounding
}

TEST(Mixture, SourcesComeAndGo) {
  const Mixture mixture(Sources{{.weight = 1, .until = 100},
                                {.weight = 1, .from = 50, .until = 200},
                                {.weight = 3, .from = 100}});
  EXPECT_EQ(mixture.phase_begins(), (std::vector<uint64_t>{0, 50, 100, 200}));
  walk(mixture, 300);
  EXPECT_EQ(mixture.given(0, 50), 50u);
  EXPECT_EQ(mixture.given(0, 300), 75u);
  EXPECT_EQ(mixture.given(1, 100), 25u);
  EXPECT_EQ(mixture.given(1, 300), 50u);
  EXPECT_EQ(mixture.given(2, 300), 175u);
}

TEST(Mixture, SamplesWithoutASourceAreRefused) {
  expect_contains(error_of([] {
                    Mixture(Sources{{.until = 10}, {.from = 20}});
                  }),
                  "samples 10 to 19 of the run have no source");
  expect_contains(error_of([] {
                    Mixture(Sources{{.most = 5}, {.from = 20}});
                  }),
                  "samples 5 to 19 of the run have no source");
  expect_contains(error_of([] { Mixture(Sources{{.from = 20}}); }),
                  "samples 0 to 19 of the run have no source: none begins with the first sample");
  EXPECT_EQ(Mixture(Sources{{.until = 10}}).samples(), 10u);
}

}  // namespace
}  // namespace tessera
