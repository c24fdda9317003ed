#include "framework/train/logits_rules.h"

#include <gtest/gtest.h>

#include <limits>

namespace tessera {
namespace {

constexpr float kNever = -std::numeric_limits<float>::infinity();

std::vector<float> after(const LogitsRules& rules, const std::vector<int32_t>& text, size_t prompt,
                         std::vector<float> scores, const std::vector<int32_t>& ends = {}) {
  EXPECT_TRUE(rules.changes_scores());
  apply(rules, text, prompt, ends, scores);
  return scores;
}

TEST(LogitsRules, NoneChangeNothing) { EXPECT_FALSE(LogitsRules{}.changes_scores()); }

TEST(LogitsRules, RepetitionCountsThePromptAndOnceEach) {
  EXPECT_EQ(after({.repetition = 2}, {0, 1, 1, 0}, 2, {4, -4, 4}), (std::vector<float>{2, -8, 4}));
}

TEST(LogitsRules, FrequencyAndPresenceCountWhatWasMade) {
  EXPECT_EQ(after({.frequency = 0.5, .presence = 1}, {2, 2, 0, 1, 1}, 2, {4, 4, 4}),
            (std::vector<float>{2.5, 2, 4}));
}

TEST(LogitsRules, NoNgramComesTwice) {
  EXPECT_EQ(after({.no_repeat_ngram = 2}, {0, 1, 2, 0}, 4, {1, 1, 1}),
            (std::vector<float>{1, kNever, 1}));
  EXPECT_EQ(after({.no_repeat_ngram = 3}, {0, 1, 2, 0}, 4, {1, 1, 1}),
            (std::vector<float>{1, 1, 1}));
  EXPECT_EQ(after({.no_repeat_ngram = 1}, {0, 2}, 0, {1, 1, 1}),
            (std::vector<float>{kNever, 1, kNever}));
  EXPECT_EQ(after({.no_repeat_ngram = 9}, {0, 2}, 0, {1, 1, 1}), (std::vector<float>{1, 1, 1}));
}

TEST(LogitsRules, NoEndBeforeTheLeastLength) {
  EXPECT_EQ(after({.least = 2}, {0, 0, 0}, 2, {1, 1, 1}, {1, 2}),
            (std::vector<float>{1, kNever, kNever}));
  EXPECT_EQ(after({.least = 2}, {0, 0, 0, 0}, 2, {1, 1, 1}, {1, 2}), (std::vector<float>{1, 1, 1}));
}

TEST(LogitsRules, IdsBeyondTheScoresArePassedOver) {
  const LogitsRules all{.repetition = 2, .frequency = 1, .presence = 1, .no_repeat_ngram = 1};
  EXPECT_EQ(after(all, {7, 9}, 0, {1, 1}, {8}), (std::vector<float>{1, 1}));
}

}  // namespace
}  // namespace tessera
