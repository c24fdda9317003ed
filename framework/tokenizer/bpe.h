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
  int32_t unknown = -1;       // the id for what the vocabulary lacks; -1: left out
  bool fuse_unknown = false;  // unknowns in a row are one
  bool byte_fallback =
      false;  // a character that the vocabulary lacks becomes its bytes, <0x00> to <0xFF>
  bool ignore_merges = false;     // a piece that is a token is that token, whatever the merges give
  bool bytes = false;             // begins with bytes, not characters
  std::string continuing_prefix;  // before every symbol of a word but the first
  std::string word_suffix;        // after the last
};

class Bpe {
 public:
  /// A merge: the two tokens, which with the second's continuing prefix cut off make a token.
  using Merges = std::vector<std::pair<std::string, std::string>>;
  /// Where `options.bytes` is set, tokens and merges are raw bytes. Throws UserError, which begins
  /// with `what`, when a merge names or makes no token.
  Bpe(Vocabulary vocabulary, const Merges& merges, BpeOptions options, const std::string& what);
  /// Tokens by rank, of which any two neighbours that make a token are merged, the lowest rank
  /// first (tiktoken). Ids are ranks.
  static Bpe ranked(Vocabulary vocabulary, const std::string& what);

  const Vocabulary& vocabulary() const { return vocabulary_; }
  const BpeOptions& options() const { return options_; }
  /// Appends the ids of one piece.
  void encode(std::string_view piece, std::vector<int32_t>& ids) const;

 private:
  struct Symbols;  // the symbols of a piece while they are merged
  Bpe(Vocabulary vocabulary, BpeOptions options)
      : vocabulary_(std::move(vocabulary)), options_(std::move(options)) {}
  void find_first_symbols();
  void merge(Symbols& symbols) const;

  Vocabulary vocabulary_;
  BpeOptions options_;
  PairTable merges_;
  std::array<int32_t, 256> byte_ids_{};  // of single bytes; -1 where there is none
};

}  // namespace tessera
