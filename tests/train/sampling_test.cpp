// How the next token is chosen, beside transformers' answers (tests/golden/generation) and beside
// what probabilities demand.
#include "framework/train/sampling.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "framework/core/error.h"
#include "tests/train/generation_golden.h"

namespace tessera::testing {
namespace {

std::vector<float> floats(const nlohmann::json& list) { return list.get<std::vector<float>>(); }

TEST(Sampling, LeavesTheCandidatesThatTransformersLeaves) {
  const nlohmann::json golden = generation_golden();
  size_t compared = 0;
  for (const auto& c : golden.at("candidates")) {
    const Sampling sampling{.temperature = c.at("temperature"),
                            .top_k = c.at("top_k"),
                            .top_p = c.at("top_p"),
                            .min_p = c.at("min_p")};
    std::vector<double> got(c.at("scores").size());
    for (const Candidate& candidate : candidates(floats(c.at("scores")), sampling))
      got[static_cast<size_t>(candidate.id)] = candidate.probability;
    for (size_t i = 0; i < got.size(); ++i) {
      EXPECT_NEAR(got[i], c.at("probabilities")[i].get<double>(), 1e-6) << c;
      ++compared;
    }
  }
  EXPECT_EQ(compared, 54u * 20);
}

TEST(Sampling, DrawsFromTheDistribution) {
  const std::vector<float> logits{std::log(0.2F), std::log(0.5F), std::log(0.3F)};
  const auto near = [&](const Sampling& sampling, const std::vector<double>& expected) {
    constexpr int kDraws = 20000;
    std::vector<double> counts(3);
    for (int i = 0; i < kDraws; ++i)
      counts[static_cast<size_t>(sample(logits, sampling, 5, i))] += 1.0 / kDraws;
    for (size_t i = 0; i < 3; ++i) EXPECT_NEAR(counts[i], expected[i], 0.015) << i;
  };
  near({.temperature = 1}, {0.2, 0.5, 0.3});
  near({.temperature = 0.5}, {4.0 / 38, 25.0 / 38, 9.0 / 38});
  near({.temperature = 1, .top_k = 2}, {0, 5.0 / 8, 3.0 / 8});
  near({.temperature = 1, .top_p = 0.6}, {0, 5.0 / 8, 3.0 / 8});
  near({.temperature = 1, .top_p = 0.4}, {0, 1, 0});
  near({.temperature = 1, .min_p = 0.5}, {0, 5.0 / 8, 3.0 / 8});
  near({.temperature = 1, .top_k = 1}, {0, 1, 0});
  near({.temperature = 0}, {0, 1, 0});
}

TEST(Sampling, ADrawIsDecidedBySeedPromptAndPosition) {
  const std::vector<float> flat(1000);
  const Sampling sampling{.temperature = 1};
  const auto draws = [&](uint64_t seed, const std::vector<int32_t>& prompt) {
    std::vector<int32_t> out;
    for (int position = 0; position < 8; ++position)
      out.push_back(sample(flat, sampling, draw_key(seed, prompt), position));
    return out;
  };
  EXPECT_EQ(draws(1, {1, 2}), draws(1, {1, 2}));
  EXPECT_NE(draws(1, {1, 2}), draws(2, {1, 2}));
  EXPECT_NE(draws(1, {1, 2}), draws(1, {1, 3}));
  const auto some = draws(1, {1, 2});
  EXPECT_NE(some[0], some[1]);
}

TEST(Sampling, TopPOfManyCandidatesKeepsTheFewest) {
  std::vector<float> scores;
  for (int i = 0; i < 5000; ++i) scores.push_back(static_cast<float>((i * 7919) % 5000) * -0.001F);
  const auto kept = candidates(scores, {.temperature = 1, .top_p = 0.9});
  double least = 1, total = 0;
  for (const Candidate& c : kept) least = std::min(least, c.probability);
  for (const Candidate& c : candidates(scores, {.temperature = 1}))
    if (c.probability * 1.0000001 >= least * 0.9) total += c.probability;
  EXPECT_GE(total, 0.9);
  EXPECT_LT(kept.size(), scores.size());
  EXPECT_TRUE(std::ranges::is_sorted(kept, {}, &Candidate::id));
}

TEST(Sampling, RefusesLogitsThatAreNoNumbers) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), kInfinity, -kInfinity})
    EXPECT_THROW(require_finite(std::vector{0.5F, bad, 1.0F}), UserError);
  require_finite(std::vector{0.5F, 1.0F});
}

TEST(Sampling, SaysWhenTheRulesLeaveNoToken) {
  const std::vector<float> none(3, -std::numeric_limits<float>::infinity());
  for (const double temperature : {0.0, 1.0}) {
    try {
      sample(none, {.temperature = temperature}, 1, 0);
      FAIL();
    } catch (const UserError& error) {
      EXPECT_NE(std::string(error.what()).find("every token is ruled out"), std::string::npos);
    }
  }
}

TEST(Sampling, LikelihoodsAndTheGreatest) {
  const std::vector<float> logits{1, 3, 2, 3};
  EXPECT_NEAR(log_sum_exp(logits), std::log(std::exp(1.0) + 2 * std::exp(3.0) + std::exp(2.0)),
              1e-6);
  EXPECT_EQ(greatest(logits, 3), (std::vector<int32_t>{1, 3, 2}));
  EXPECT_EQ(greatest(logits, 0), std::vector<int32_t>{});
  EXPECT_EQ(greatest(logits, 9).size(), 4u);
}

}  // namespace
}  // namespace tessera::testing
