// WordPiece (Schuster and Nakajima, "Japanese and Korean Voice Search", ICASSP 2012), as BERT uses
// it: the longest token that begins a word, then the longest continuing token that begins the rest,
// and so on; a word that cannot be covered, or is too long, is one unknown token. The time is
// linear in the word, whatever the vocabulary: where no token goes on, the matcher knows which
// tokens cover what it has read so far (Song et al., "Fast WordPiece Tokenization", EMNLP 2021).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/tokenizer/vocabulary.h"
#include "framework/tokenizer/word_trie.h"

namespace tessera {

class WordPiece {
 public:
  /// With `bytes`, tokens and words are raw bytes, each of which counts as a character. Throws
  /// UserError, which begins with `what`, when the vocabulary lacks `unknown`.
  WordPiece(Vocabulary vocabulary, const std::string& unknown, std::string continuing_prefix,
            size_t most_characters, const std::string& what, bool bytes = false);

  const Vocabulary& vocabulary() const { return vocabulary_; }
  int32_t unknown() const { return unknown_; }
  const std::string& continuing_prefix() const { return prefix_; }
  size_t most_characters() const { return most_characters_; }
  /// Appends the ids of one word.
  void encode(std::string_view piece, std::vector<int32_t>& ids) const;

 private:
  /// What to do at a node of the trie when no child goes on: take `tokens`, which cover the start of
  /// what was read, and go on at `node`, which stands for the rest.
  struct Failure {
    int32_t node = WordTrie::kNone;  // kNone: nothing covers it
    int32_t tokens = -1;             // a sequence, -1: none
  };
  /// Sequences of tokens: one token, or two sequences one after the other.
  struct Sequence {
    int32_t left = -1, right = -1;
    int32_t token = -1;
  };

  void find_failures();
  int32_t join(int32_t left, int32_t right);
  void append(int32_t sequence, std::vector<int32_t>& ids) const;
  bool too_long(std::string_view piece) const;
  bool cover(std::string_view piece, std::vector<int32_t>& ids) const;

  Vocabulary vocabulary_;
  std::string prefix_;
  size_t most_characters_;
  int32_t unknown_;
  bool bytes_;
  WordTrie trie_;
  int32_t begins_ = WordTrie::kNone, continues_ = WordTrie::kNone;  // where words and rests begin
  std::vector<Failure> failures_;                                   // by node
  std::vector<Sequence> sequences_;
};

}  // namespace tessera
