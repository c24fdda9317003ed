// A pair of texts for next-sentence prediction: A, and B that follows A in its document or comes
// from elsewhere. Only what the texts say may tell which, so another text is drawn for every pair,
// and both texts are cut alike: stretches of one length that touch neither end of their documents
// are cut near one common place (where a sentence ends and behind the same token, if they can be),
// with as many tokens before and after the cuts as both have. Only then is it drawn which text B
// comes from. So lengths are the same for both answers, and B ends as far from the end of its
// document either way.
#pragma once

#include <cstdint>
#include <vector>

#include "framework/core/random.h"
#include "framework/data/text_windows.h"
#include "framework/data/token_split.h"

namespace tessera {

/// Text tokens of the shortest document from which a pair can be cut.
inline constexpr int64_t kShortestPairedText = 4;

struct SentencePair {
  std::vector<int32_t> first, second;
  bool is_next = true;
};

/// The pair that begins in window `index` of `windows`, at most `length` tokens long, drawn from
/// `random` for `sample`. Where there is no other text to draw, as for a single short document, B
/// is the true continuation.
SentencePair sentence_pair(const TokenPart& part, const TextWindows& windows, uint64_t index,
                           int64_t length, const Random& random, uint64_t sample);

}  // namespace tessera
