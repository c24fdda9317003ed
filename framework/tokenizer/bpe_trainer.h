// Training of byte-level BPE: of the texts that the counts come from, the very vocabulary and merges
// that tokenizers 0.23.3's BpeTrainer gives with the alphabet of its ByteLevel. Special tokens have
// the first ids, then come the 256 bytes in the order of the characters that spell them, then what
// merges make.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "framework/tokenizer/word_counts.h"

namespace tessera {

struct BpeTraining {
  size_t vocabulary = 30000;
  uint64_t least_count = 0;  // pairs that occur less often are not merged ("min_frequency")
  std::vector<std::string> specials{};
};

struct TrainedBpe {
  /// Tokens by id and merges by rank, spelled in the characters that stand for bytes.
  std::vector<std::string> tokens;
  std::vector<std::pair<std::string, std::string>> merges;
};

/// `words` are raw bytes. Throws UserError when there are none, or the vocabulary is too small for
/// the specials and the bytes.
TrainedBpe train_byte_level_bpe(WordCounts words, const BpeTraining& options);

}  // namespace tessera
