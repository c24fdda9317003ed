#include "framework/train/logits_rules.h"

#include <algorithm>
#include <limits>
#include <unordered_map>

namespace tessera {
namespace {

constexpr float kNever = -std::numeric_limits<float>::infinity();

float* score_of(std::span<float> scores, int32_t id) {
  return id >= 0 && static_cast<size_t>(id) < scores.size() ? &scores[static_cast<size_t>(id)]
                                                            : nullptr;
}

void penalize_repetition(double penalty, std::span<const int32_t> text, std::span<float> scores) {
  std::vector<int32_t> ids(text.begin(), text.end());
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  const auto factor = static_cast<float>(penalty);
  for (const int32_t id : ids)
    if (float* x = score_of(scores, id)) *x = *x < 0 ? *x * factor : *x / factor;
}

void penalize_frequency(const LogitsRules& rules, std::span<const int32_t> made,
                        std::span<float> scores) {
  std::unordered_map<int32_t, int64_t> counts;
  for (const int32_t id : made) ++counts[id];
  for (const auto& [id, count] : counts)
    if (float* x = score_of(scores, id))
      *x -= static_cast<float>(rules.frequency * static_cast<double>(count) + rules.presence);
}

void ban_ngrams(size_t n, std::span<const int32_t> text, std::span<float> scores) {
  if (text.size() < n) return;
  const auto latest = text.last(n - 1);
  for (size_t i = 0; i + n <= text.size(); ++i)
    if (std::equal(latest.begin(), latest.end(), text.begin() + static_cast<std::ptrdiff_t>(i)))
      if (float* x = score_of(scores, text[i + n - 1])) *x = kNever;
}

}  // namespace

void apply(const LogitsRules& rules, std::span<const int32_t> text, size_t prompt,
           std::span<const int32_t> ends, std::span<float> scores) {
  if (rules.repetition != 1) penalize_repetition(rules.repetition, text, scores);
  if (rules.frequency != 0 || rules.presence != 0)
    penalize_frequency(rules, text.subspan(prompt), scores);
  if (rules.no_repeat_ngram > 0)
    ban_ngrams(static_cast<size_t>(rules.no_repeat_ngram), text, scores);
  if (static_cast<int64_t>(text.size() - prompt) < rules.least)
    for (const int32_t end : ends)
      if (float* x = score_of(scores, end)) *x = kNever;
}

}  // namespace tessera
