// Byte-pair encoding (Sennrich et al., "Neural Machine Translation of Rare Words with Subword
// Units", ACL 2016): a piece begins as its characters or bytes; of all neighbours that a merge
// joins, the pair of the lowest rank is joined first, the leftmost of equals, until none is left.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/tokenizer/pair_table.h"
#include "framework/tokenizer/vocabulary.h"

namespace tessera {

struct BpeOptions {
  int32_t unknown = -1;           // stands for what the vocabulary lacks; -1: that is left out
  bool fuse_unknown = false;      // unknown characters in a row are one token
  bool byte_fallback = false;     // an unknown character becomes its bytes, <0x00> to <0xFF>
  bool ignore_merges = false;     // a piece that is a token is that token, whatever the merges give
  bool bytes = false;             // a piece begins as bytes, not as characters
  std::string continuing_prefix;  // stands before every symbol of a piece but the first
  std::string word_suffix;        // stands after the last
};

class Bpe {
 public:
  /// In the order of their ranks: the texts of the two tokens that are joined.
  using Merges = std::vector<std::pair<std::string, std::string>>;

  /// Joining two tokens makes the token of both texts, without the continuing prefix of the second.
  /// With `options.bytes`, vocabulary and merges are raw bytes. Throws UserError, which begins with
  /// `what`, when a merge names or makes no token.
  Bpe(Vocabulary vocabulary, const Merges& merges, BpeOptions options, const std::string& what);
  /// tiktoken's form: ids are ranks, and any two neighbours whose bytes together are a token merge.
  static Bpe ranked(Vocabulary vocabulary);

  const Vocabulary& vocabulary() const { return vocabulary_; }
  const BpeOptions& options() const { return options_; }
  /// Whether every byte is a token.
  bool has_all_bytes() const;
  /// Appends the ids of one piece.
  void encode(std::string_view piece, std::vector<int32_t>& ids) const;

 private:
  Bpe(Vocabulary vocabulary, BpeOptions options);
  void append_bytes(std::string_view piece, std::vector<int32_t>& ids) const;
  void append_characters(std::string_view piece, std::vector<int32_t>& ids) const;

  Vocabulary vocabulary_;
  BpeOptions options_;
  PairTable merges_;
  std::array<int32_t, 256> byte_ids_{};  // of single bytes, or of <0x00> to <0xFF>
};

}  // namespace tessera
