#include "framework/data/masking.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "framework/core/error.h"

namespace tessera {
namespace {

// Draws of a sample lie in three ranges: the choice, then what a position becomes, then the random
// token.
constexpr uint64_t kChoice = 0, kBecomes = uint64_t{1} << 32, kToken = uint64_t{2} << 32;
constexpr uint64_t kTokenTries = 64;

struct Range {
  size_t begin, end;
};

/// The words of `ids`, or its single tokens; specials are left out.
std::vector<Range> units(std::span<const int32_t> ids, const Tokenizer& tokenizer,
                         bool whole_words) {
  std::vector<Range> found;
  for (size_t i = 0; i < ids.size(); ++i) {
    if (tokenizer.is_special(ids[i])) continue;
    const bool continues = whole_words && !found.empty() && found.back().end == i &&
                           tokenizer.continues_word(ids[i - 1], ids[i]);
    if (continues) {
      found.back().end = i + 1;
    } else {
      found.push_back({i, i + 1});
    }
  }
  return found;
}

int32_t random_token(const Tokenizer& tokenizer, const Random& random, uint64_t sample,
                     uint64_t position) {
  const auto vocab = static_cast<uint64_t>(tokenizer.vocab_size());
  for (uint64_t t = 0; t < kTokenTries; ++t) {
    const auto id =
        static_cast<int32_t>(random.below(vocab, sample, kToken + position * kTokenTries + t));
    if (!tokenizer.is_special(id)) return id;
  }
  return tokenizer.special().mask;  // a vocabulary of hardly anything but specials
}

}  // namespace

int64_t masked_count(double rate, int64_t length) {
  return std::max<int64_t>(
      1, static_cast<int64_t>(std::ceil(rate * static_cast<double>(length) - 1e-9)));
}

void require_masking(const Masking& masking, const Tokenizer& tokenizer) {
  require(masking.rate > 0 && masking.rate <= 1,
          "a masking rate of {}; it must be above 0 and at most 1", masking.rate);
  require(masking.mask_share >= 0 && masking.random_share >= 0 &&
              masking.mask_share + masking.random_share <= 1,
          "masked share {} and random share {}; both must be at least 0 and their sum at most 1",
          masking.mask_share, masking.random_share);
  require(tokenizer.special().mask != SpecialTokens::kNone,
          "the tokenizer of the data has no mask token; add one (tessera tokenizer add DIR --mask "
          "'[MASK]' --out NEW) and tokenize the text with that");
}

MaskedTokens mask_tokens(std::span<int32_t> ids, const Tokenizer& tokenizer, const Masking& masking,
                         int64_t most, const Random& random, uint64_t sample) {
  std::vector<Range> pool = units(ids, tokenizer, masking.whole_words);
  const size_t ordinary =
      std::accumulate(pool.begin(), pool.end(), size_t{0},
                      [](size_t sum, const Range& unit) { return sum + unit.end - unit.begin; });
  const auto wanted = static_cast<size_t>(
      std::clamp<int64_t>(std::llround(masking.rate * static_cast<double>(ordinary)), 1, most));
  std::vector<size_t> chosen;
  // The shuffle of Fisher and Yates, as far as it is needed.
  for (size_t i = 0; i < pool.size() && chosen.size() < wanted; ++i) {
    std::swap(pool[i], pool[i + random.below(pool.size() - i, sample, kChoice + i)]);
    if (chosen.size() + (pool[i].end - pool[i].begin) > wanted) continue;
    for (size_t at = pool[i].begin; at < pool[i].end; ++at) chosen.push_back(at);
  }
  if (chosen.empty() && !pool.empty())  // no word is short enough; the pool's first one is drawn
    for (size_t i = 0; i < wanted; ++i) chosen.push_back(pool[0].begin + i);
  std::sort(chosen.begin(), chosen.end());
  MaskedTokens masked;
  for (size_t at : chosen) {
    masked.positions.push_back(static_cast<int32_t>(at));
    masked.labels.push_back(ids[at]);
    const double u = random.uniform(sample, kBecomes + at);
    if (u < masking.mask_share) {
      ids[at] = tokenizer.special().mask;
    } else if (u < masking.mask_share + masking.random_share) {
      ids[at] = random_token(tokenizer, random, sample, at);
    }
  }
  return masked;
}

}  // namespace tessera
