// SentencePieceVocabulary holds the pieces of a SentencePiece file: as the file spells them, and as
// they stand in a normalized text (SentencePieceNormalizer), where spaces are spaces.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "framework/tokenizer/double_array.h"
#include "framework/tokenizer/sentence_piece_file.h"

namespace tessera {

class SentencePieceVocabulary {
 public:
  using Kind = SentencePieceFile::Kind;

  /// Throws UserError, which begins with `what`, where SentencePiece 0.2.3 refuses the pieces, too.
  SentencePieceVocabulary(const SentencePieceFile& file, const std::string& what);

  int32_t size() const { return static_cast<int32_t>(pieces_.size()); }
  std::string_view token(int32_t id) const { return pieces_[static_cast<size_t>(id)].text; }
  Kind kind(int32_t id) const { return pieces_[static_cast<size_t>(id)].kind; }
  float score(int32_t id) const { return pieces_[static_cast<size_t>(id)].score; }
  /// The piece as it stands in a normalized text; empty where it cannot stand there.
  std::string_view normal(int32_t id) const { return normal_[static_cast<size_t>(id)]; }

  /// The pieces that texts are cut into, in their normal form.
  const DoubleArray& trie() const { return trie_; }
  /// The user-defined ones among them.
  const DoubleArray& user_defined() const { return user_defined_; }
  bool begins_user_defined(char byte) const {
    return begins_user_defined_[static_cast<unsigned char>(byte)];
  }

  int32_t unknown() const { return unknown_; }
  bool byte_fallback() const { return byte_fallback_; }
  /// The byte that a piece stands for, or -1.
  int byte(int32_t id) const;
  /// The control piece of that spelling, or -1.
  int32_t control(std::string_view text) const;

  /// Whether the last id of a text, whose ids begin at `first`, and the first of a part that follows
  /// are one: both unknown.
  bool joins(std::span<const int32_t> part, size_t first, const std::vector<int32_t>& ids) const {
    return !part.empty() && part[0] == unknown_ && ids.size() > first && ids.back() == unknown_ &&
           !byte_fallback_;
  }
  /// Appends ids of a part to those of the text, which begin at `first`.
  void append(std::span<const int32_t> part, size_t first, std::vector<int32_t>& ids) const {
    ids.insert(ids.end(), part.begin() + (joins(part, first, ids) ? 1 : 0), part.end());
  }
  /// Appends what a part of a normalized text becomes that is no piece: its bytes, or one unknown,
  /// which takes in further ones. The ids of the text begin at `first`.
  void append_unknown(std::string_view part, size_t first, std::vector<int32_t>& ids) const;

 private:
  void add_piece(int32_t id, const std::string& what);
  void check_duplicates(bool all_together, const std::string& what) const;

  std::vector<SentencePieceFile::Piece> pieces_;
  std::vector<std::string> normal_;
  DoubleArray trie_, user_defined_;
  std::array<bool, 256> begins_user_defined_{};
  std::array<int32_t, 256> byte_ids_{};
  int32_t unknown_ = -1;
  bool byte_fallback_ = false, escapes_spaces_ = true;
};

}  // namespace tessera
