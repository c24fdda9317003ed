// StreamDecoder turns ids into text one by one, as a model makes them. What it gives out ends with a
// whole character, and all of it together is what decoding all ids at once gives.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/tokenizer/tokenizer.h"

namespace tessera {

class StreamDecoder {
 public:
  explicit StreamDecoder(const Tokenizer& tokenizer) : tokenizer_(tokenizer) {}

  /// The text that is certain after `id`; empty while a character is unfinished.
  std::string add(int32_t id);
  /// What was held back, though it is no whole character.
  std::string finish();

 private:
  /// Ids that are decoded together: a token's text may depend on the one before it.
  static constexpr size_t kContext = 8;

  const Tokenizer& tokenizer_;
  std::vector<int32_t> ids_;
  size_t given_ = 0;  // bytes of their text that were given out
};

}  // namespace tessera
