// The Unigram model (Kudo, "Subword Regularization", ACL 2018): of all ways to cut a piece into
// tokens, the one whose scores (log probabilities) have the largest sum. This is the form that
// tokenizers 0.23.3 gives it (sums in double); a SentencePiece file has its own
// (sentence_piece.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "framework/tokenizer/vocabulary.h"

namespace tessera {

class Unigram {
 public:
  /// `scores` by id. `unknown` is the id for a character that no token covers, or -1. Throws UserError,
  /// which begins with `what`, when the numbers do not fit one another.
  Unigram(Vocabulary vocabulary, std::vector<double> scores, int32_t unknown, bool byte_fallback,
          const std::string& what);

  const Vocabulary& vocabulary() const { return vocabulary_; }
  int32_t unknown() const { return unknown_; }
  void encode(std::string_view piece, std::vector<int32_t>& ids) const;

 private:
  Vocabulary vocabulary_;
  std::vector<double> scores_;
  int32_t unknown_;
  bool byte_fallback_;
};

}  // namespace tessera
