// Training of WordPiece vocabularies as tokenizers 0.23.3 does it: by merges of pairs that occur most
// often, like BPE's, where every symbol of a word but the first carries the prefix "##". The merges
// are then forgotten; the tokens are what remains. The reference gives the continuing characters ids
// in a random order, by which ties are broken; here they are in the order of their code points, so
// the vocabulary is repeatable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "framework/tokenizer/word_counts.h"

namespace tessera {

struct WordPieceTraining {
  size_t vocabulary = 30000;
  uint64_t least_count = 0;  // pairs that occur less often are not merged ("min_frequency")
  std::vector<std::string> specials{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
  std::string continuing_prefix = "##";
  size_t alphabet = 0;  // the most characters, the most frequent ones ("limit_alphabet"); 0: all
};

/// The tokens by id: specials, characters in the order of their code points, continuing characters
/// likewise, and what merges make. Characters beyond the alphabet are left out of the words. Invalid bytes count as U+FFFD. Throws UserError when there are no
/// words, or the vocabulary is too small for the specials and the characters.
std::vector<std::string> train_word_piece(WordCounts words, const WordPieceTraining& options);

}  // namespace tessera
