// WordPiece (Schuster and Nakajima, "Japanese and Korean Voice Search", ICASSP 2012), as BERT uses
// it: the longest token that begins a word, then the longest continuing token that begins the rest,
// and so on; a word that cannot be covered, or is too long, is one unknown token.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "framework/tokenizer/vocabulary.h"

namespace tessera {

class WordPiece {
 public:
  /// Throws UserError, which begins with `what`, when the vocabulary lacks `unknown`.
  WordPiece(Vocabulary vocabulary, const std::string& unknown, std::string continuing_prefix,
            size_t most_characters, const std::string& what);

  const Vocabulary& vocabulary() const { return vocabulary_; }
  int32_t unknown() const { return unknown_; }
  const std::string& continuing_prefix() const { return prefix_; }
  /// Appends the ids of one word.
  void encode(std::string_view piece, std::vector<int32_t>& ids) const;

 private:
  Vocabulary vocabulary_;
  std::string prefix_;
  size_t most_characters_;
  int32_t unknown_;
};

}  // namespace tessera
