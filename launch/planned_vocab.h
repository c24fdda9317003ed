// The vocabulary size that `model.vocab: auto` stands for when no data is opened for training: that
// of the tokenizer of the shards when the config names shards, and that of the byte tokenizer
// otherwise.
#pragma once

#include "framework/config/config.h"
#include "framework/data/token_shards.h"
#include "framework/tokenizer/byte_tokenizer.h"

namespace tessera {

inline int64_t planned_vocab(const Config& config) {
  if (config.model.vocab) return *config.model.vocab;
  if (config.data.is_given())
    return TokenShards::open(config.data.parts()[0].shards)->tokenizer().vocab_size();
  return Tokenizer(ByteTokenizer()).vocab_size();
}

}  // namespace tessera
