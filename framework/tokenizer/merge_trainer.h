// Training of byte-pair merges: the pair of neighbouring symbols that occurs most often in the words
// becomes a token, again and again (Sennrich et al., ACL 2016). Order, ties and repeated candidates
// follow tokenizers 0.23.3, so that the merges are the very same: of pairs that occur equally often
// the one with the lower ids is merged first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "framework/tokenizer/token_list.h"

namespace tessera {

/// Words as the ids of their symbols, with counts.
class SymbolWords {
 public:
  /// Words of fewer than two symbols are left out: nothing can be merged in them.
  void add(std::span<const uint32_t> symbols, uint64_t count);

  size_t size() const { return words_.size(); }
  std::span<uint32_t> symbols(size_t i) {
    return std::span(symbols_).subspan(words_[i].begin, words_[i].length);
  }
  uint64_t count(size_t i) const { return words_[i].count; }
  /// Keeps the first `length` symbols of a word.
  void shorten(size_t i, size_t length) { words_[i].length = length; }

 private:
  struct Word {
    uint64_t begin = 0, length = 0, count = 0;
  };
  std::vector<uint32_t> symbols_;
  std::vector<Word> words_;
};

struct MergeTraining {
  size_t vocabulary = 30000;      // tokens to stop at, all kinds counted
  uint64_t least_count = 0;       // pairs that occur less often are not merged
  std::string continuing_prefix;  // left out where a token goes behind another
};

/// Merges until `tokens` has the size asked for, or no pair is left. Returns the pairs of ids in the
/// order of their ranks, each once.
std::vector<std::pair<uint32_t, uint32_t>> train_merges(SymbolWords words,
                                                        const MergeTraining& options,
                                                        TokenList& tokens);

}  // namespace tessera
