// How the next token is chosen from scores: the likeliest, or a draw. The candidates of a draw are
// narrowed as transformers does it, in its order: temperature, top-k, top-p, min-p. A draw is a pure
// function of (scores, seed, prompt, position), so a text does not depend on what is made beside it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tessera {

struct Sampling {
  double temperature = 0.8;  // scores are divided by it; 0: always the likeliest
  int64_t top_k = 0;         // tokens below the k-th greatest score drop out; 0: none do
  double top_p = 1;          // the fewest tokens that hold this much probability stay
  double min_p = 0;          // tokens below this part of the greatest probability drop out
  uint64_t seed = 1;
};

/// The key of the draws after a prompt.
uint64_t draw_key(uint64_t seed, std::span<const int32_t> prompt);

/// The id with the greatest score; the smallest of them where several have it. Throws UserError when
/// every score is -inf.
int32_t likeliest(std::span<const float> scores);

/// Draws the token at `position`, with draw_key's key. Scores of -inf are never drawn.
int32_t sample(std::span<const float> scores, const Sampling& sampling, uint64_t key,
               int64_t position);

/// A candidate for a draw, and its probability.
struct Candidate {
  int32_t id;
  double probability;
};

/// The candidates that temperature, top-k, top-p and min-p leave, by rising id.
std::vector<Candidate> candidates(std::span<const float> scores, const Sampling& sampling);

/// Throws UserError when a logit of the model is not finite.
void require_finite(std::span<const float> logits);

/// log(sum of exp) of logits: a token's log-probability is its logit minus this.
double log_sum_exp(std::span<const float> logits);

/// The `count` ids with the greatest scores, greatest first; of equal ones the smaller id first.
std::vector<int32_t> greatest(std::span<const float> scores, int64_t count);

}  // namespace tessera
