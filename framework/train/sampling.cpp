#include "framework/train/sampling.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "framework/core/error.h"
#include "framework/core/random.h"

namespace tessera {
namespace {

float score_of(std::span<const float> scores, int32_t id) {
  return scores[static_cast<size_t>(id)];
}

/// The ids whose scores are no less than the k-th greatest one, which may be more than k.
std::vector<int32_t> top_scores(std::span<const float> scores, int64_t k) {
  std::vector<float> order(scores.begin(), scores.end());
  const auto last = order.begin() + (k - 1);
  std::nth_element(order.begin(), last, order.end(), std::greater<>());
  std::vector<int32_t> ids;
  for (size_t i = 0; i < scores.size(); ++i)
    if (scores[i] >= *last) ids.push_back(static_cast<int32_t>(i));
  return ids;
}

/// Keeps the fewest candidates that hold `p` of the probability: those are taken out, from the
/// least likely one on, whose probabilities together are no more than 1 - p.
void keep_top_p(std::vector<Candidate>& all, double p, double total) {
  const auto likelier = [](const Candidate& a, const Candidate& b) {
    return a.probability != b.probability ? a.probability > b.probability : a.id < b.id;
  };
  // Few candidates hold most of the probability, so a part is sorted, twice as large each time.
  size_t sorted = 0, kept = 0;
  double held = 0;
  while (kept < all.size() && (kept == 0 || total - held > (1 - p) * total)) {
    if (kept == sorted) {
      const size_t more = std::min(all.size(), std::max<size_t>(64, sorted * 2));
      std::partial_sort(all.begin() + static_cast<std::ptrdiff_t>(sorted),
                        all.begin() + static_cast<std::ptrdiff_t>(more), all.end(), likelier);
      sorted = more;
    }
    held += all[kept++].probability;
  }
  all.resize(kept);
  std::sort(all.begin(), all.end(),
            [](const Candidate& a, const Candidate& b) { return a.id < b.id; });
}

double total_of(const std::vector<Candidate>& all) {
  double total = 0;
  for (const Candidate& c : all) total += c.probability;
  return total;
}

}  // namespace

uint64_t draw_key(uint64_t seed, std::span<const int32_t> prompt) {
  const std::string_view bytes(reinterpret_cast<const char*>(prompt.data()), prompt.size_bytes());
  return Random(seed, bytes).key();
}

int32_t likeliest(std::span<const float> scores) {
  const auto best = std::max_element(scores.begin(), scores.end());
  require(!std::isinf(*best), "the rules for the next token leave none: every token is ruled out");
  return static_cast<int32_t>(best - scores.begin());
}

std::vector<Candidate> candidates(std::span<const float> scores, const Sampling& sampling) {
  const float highest = score_of(scores, likeliest(scores));
  std::vector<Candidate> all;
  const auto add = [&](int32_t id) {
    const float score = score_of(scores, id);
    if (std::isinf(score)) return;
    all.push_back({id, std::exp(static_cast<double>(score - highest) / sampling.temperature)});
  };
  if (sampling.top_k > 0 && sampling.top_k < static_cast<int64_t>(scores.size())) {
    for (const int32_t id : top_scores(scores, sampling.top_k)) add(id);
  } else {
    all.reserve(scores.size());
    for (size_t i = 0; i < scores.size(); ++i) add(static_cast<int32_t>(i));
  }
  if (sampling.top_p < 1) keep_top_p(all, sampling.top_p, total_of(all));
  if (sampling.min_p > 0)  // the greatest weight is 1
    std::erase_if(all, [&](const Candidate& c) { return c.probability < sampling.min_p; });
  const double total = total_of(all);
  for (Candidate& c : all) c.probability /= total;
  return all;
}

int32_t sample(std::span<const float> scores, const Sampling& sampling, uint64_t key,
               int64_t position) {
  if (sampling.temperature <= 0) return likeliest(scores);
  const std::vector<Candidate> all = candidates(scores, sampling);
  const uint64_t bits = Random(key).bits(static_cast<uint64_t>(position), 0);
  double at = static_cast<double>(bits >> 11) * 0x1p-53;
  for (const Candidate& c : all) {
    at -= c.probability;
    if (at < 0) return c.id;
  }
  return all.back().id;
}

void require_finite(std::span<const float> logits) {
  for (const float logit : logits)
    require(
        std::isfinite(logit),
        "the model gives {} where the likelihood of a token should be: its weights are damaged, "
        "or its training had failed before they were written; fetch the files again, or name "
        "an earlier checkpoint",
        logit);
}

double log_sum_exp(std::span<const float> logits) {
  const float highest = score_of(logits, likeliest(logits));
  double sum = 0;
  for (const float x : logits) sum += static_cast<double>(std::exp(x - highest));
  return static_cast<double>(highest) + std::log(sum);
}

std::vector<int32_t> greatest(std::span<const float> scores, int64_t count) {
  std::vector<int32_t> ids(scores.size());
  std::iota(ids.begin(), ids.end(), 0);
  const auto last = ids.begin() + std::min<std::ptrdiff_t>(count, std::ssize(ids));
  std::partial_sort(ids.begin(), last, ids.end(), [&](int32_t a, int32_t b) {
    const float x = score_of(scores, a), y = score_of(scores, b);
    return x != y ? x > y : a < b;
  });
  ids.erase(last, ids.end());
  return ids;
}

}  // namespace tessera
