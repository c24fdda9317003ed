// An n-gram model with interpolation, the yardstick that a trained model is held against: order k
// predicts from the k tokens before, within the document. It uses Witten and Bell's estimate ("The
// zero-frequency problem", IEEE Trans. Inf. Theory 37(4), 1991, method C, in the recursive form of
// Chen and Goodman, TR-10-98, Harvard 1998, section 2.6):
//   P(w | h) = (c(h w) + T(h) P(w | h')) / (c(h) + T(h))     h' = h without its oldest token
// with c the counts, T(h) the distinct tokens seen after h, and 1 / V below order 0. It has no
// constants to tune.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "framework/data/gram_counts.h"
#include "framework/data/token_split.h"

namespace tessera {

struct NgramScore {
  double bits = 0;      // -sum of log2 P over the labels
  uint64_t labels = 0;  // tokens predicted
  uint64_t bytes = 0;   // bytes of text that the labels stand for
  double bits_per_byte() const { return bits / static_cast<double>(bytes); }
};

class NgramModel {
 public:
  /// Throws UserError when `order` + 1 tokens of the vocabulary do not fit 64 bits.
  NgramModel(int order, int32_t vocab_size);

  /// Counts ids[first], ids[first + 1], …, each after up to `order` ids before it.
  void add(std::span<const int32_t> ids, size_t first = 1);
  /// Counts the labels of positions [begin, end) of `part` (clipped to it), as GptSampler makes
  /// them.
  void add(const TokenPart& part, uint64_t begin, uint64_t end);

  /// P(id | context), the last of `context` being the latest.
  double probability(std::span<const int32_t> context, int32_t id) const;
  /// Bits that ids[first], ids[first + 1], … take.
  double bits(std::span<const int32_t> ids, size_t first = 1) const;
  /// Score on the labels of positions [begin, end) of `part` (clipped to it). Contexts reach back
  /// beyond `begin`, so this model never sees less than the one it is compared with.
  NgramScore score(const TokenPart& part, uint64_t begin, uint64_t end) const;
  /// Score on the very labels of GptSampler's held-out windows of `length` tokens.
  NgramScore score(const TokenPart& part, std::span<const uint64_t> windows, uint64_t length) const;

  int order() const { return order_; }

 private:
  /// How many tokens before the first position of a stretch the context of its first label takes
  /// in.
  uint64_t reach() const { return static_cast<uint64_t>(order_ > 0 ? order_ - 1 : 0); }
  uint64_t key(std::span<const int32_t> ids) const;

  int order_;
  int32_t vocab_size_;
  int bits_per_token_;
  std::vector<GramCounts> grams_;      // [j]: (j tokens of context, token) -> count
  std::vector<GramCounts> contexts_;   // [j]: j tokens -> count of what follows
  std::vector<GramCounts> followers_;  // [j]: j tokens -> distinct tokens that follow
};

/// The most frequent token of `part` that is no special: what a guesser without a model answers at
/// every mask.
int32_t commonest_token(const TokenPart& part);

/// The weighted share of `labels` that are `guess`, over all that were added.
struct GuessAccuracy {
  int32_t guess = 0;
  double hits = 0, weight = 0;
  void add(std::span<const int32_t> labels, std::span<const float> weights);
  double value() const { return hits / weight; }
};

}  // namespace tessera
