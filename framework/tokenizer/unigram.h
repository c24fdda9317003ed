// The Unigram model (Kudo, "Subword Regularization", ACL 2018): of all ways to cut a piece into
// tokens, the one whose scores (log probabilities) have the largest sum. This is the form that
// tokenizers 0.23.3 gives it (sums in double); a SentencePiece file has its own
// (sentence_piece.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "framework/tokenizer/double_array.h"
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
  /// Appends the ids of one piece. Unknown characters in a row are one id, or bytes. Throws UserError
  /// for one where the vocabulary has no unknown token, as the reference does.
  void encode(std::string_view piece, std::vector<int32_t>& ids) const;

 private:
  struct Node {  // the best segmentation that ends at a place
    double score = 0;
    size_t begin = kNowhere;  // of its last token
    int32_t id = -1;
  };
  static constexpr size_t kNowhere = SIZE_MAX;
  void append_unknown(std::string_view part, std::vector<int32_t>& ids) const;

  Vocabulary vocabulary_;
  std::vector<double> scores_;
  DoubleArray trie_;
  std::array<int32_t, 256> byte_ids_{};
  double unknown_score_ = 0;
  int32_t unknown_;
  bool byte_fallback_;
};

}  // namespace tessera
