// BERT's masking (Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers", NAACL
// 2019, section 3.1): a fixed share of the tokens that are no specials is chosen; a chosen token
// becomes the mask token, a random token, or stays. With whole words, all tokens of a word are
// chosen or none; a word that would exceed the share is passed over. Where every word would exceed
// it, the first tokens of one word are chosen, so that each text teaches something.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "framework/core/random.h"
#include "framework/tokenizer/tokenizer.h"

namespace tessera {

struct Masking {
  double rate = 0.15;
  double mask_share = 0.8;    // part of the chosen tokens that become the mask token
  double random_share = 0.1;  // part that become a random token, no special; the rest stay
  bool whole_words = false;
};

struct MaskedTokens {
  std::vector<int32_t> positions;  // rising
  std::vector<int32_t> labels;     // the tokens that stood there
};

/// The most tokens chosen in a row of `length`: ceil(rate * length), the P of (B, P). A product
/// that is whole but for its rounding counts as whole: 14% of 100 are 14.
int64_t masked_count(double rate, int64_t length);

/// Throws UserError when a share is out of range or the tokenizer has no mask token.
void require_masking(const Masking& masking, const Tokenizer& tokenizer);

/// Masks `ids` in place: round(rate * n) of its n ordinary tokens, at least 1 (if there is one), at
/// most `most`. The result is a pure function of (ids, random, sample).
MaskedTokens mask_tokens(std::span<int32_t> ids, const Tokenizer& tokenizer, const Masking& masking,
                         int64_t most, const Random& random, uint64_t sample);

}  // namespace tessera
