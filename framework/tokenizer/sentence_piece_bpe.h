// SentencePieceBpe merges characters to pieces as SentencePiece 0.2.3 does: of all neighbours that
// together are a piece, those of the highest score first, the leftmost of equals. A piece that is
// "unused" takes part, and is taken apart again at the end.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "framework/tokenizer/neighbours.h"
#include "framework/tokenizer/pair_table.h"
#include "framework/tokenizer/sentence_piece_vocabulary.h"

namespace tessera {

class SentencePieceBpe {
 public:
  explicit SentencePieceBpe(const SentencePieceVocabulary& vocabulary);

  /// Texts are cut by these before they are merged.
  const Neighbours& neighbours() const { return neighbours_; }
  /// Whether unused pieces must be taken apart. How depends on what else the text holds, so texts
  /// are then encoded as a whole.
  bool takes_apart() const { return takes_apart_; }

  /// Appends the ids of a part of a normalized text without user-defined pieces.
  void encode(const SentencePieceVocabulary& vocabulary, std::string_view part,
              std::vector<int32_t>& ids) const;
  /// Appends the ids of a whole normalized text.
  void encode_whole(const SentencePieceVocabulary& vocabulary, std::string_view text,
                    std::vector<int32_t>& ids) const;

 private:
  struct Whole;
  void find_merges(const SentencePieceVocabulary& vocabulary, int32_t id,
                   const std::vector<uint32_t>& ranks);
  int32_t symbol(const SentencePieceVocabulary& vocabulary, std::string_view text, size_t at,
                 size_t& end) const;
  void append(const SentencePieceVocabulary& vocabulary, int32_t symbol, size_t first,
              std::vector<int32_t>& ids) const;

  // Symbols are ids, and for a character that is no piece its number above all ids.
  PairTable merges_;
  Neighbours neighbours_;
  std::array<int32_t, 128> ascii_{};
  bool takes_apart_ = false;
};

}  // namespace tessera
