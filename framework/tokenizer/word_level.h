// WordLevel: a piece is a token as a whole, or unknown.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "framework/tokenizer/vocabulary.h"

namespace tessera {

class WordLevel {
 public:
  /// A vocabulary may lack `unknown`; encode then throws UserError for a piece that is no token, as
  /// the reference does.
  WordLevel(Vocabulary vocabulary, const std::string& unknown);

  const Vocabulary& vocabulary() const { return vocabulary_; }
  int32_t unknown() const { return unknown_; }
  void encode(std::string_view piece, std::vector<int32_t>& ids) const;

 private:
  Vocabulary vocabulary_;
  int32_t unknown_;
};

}  // namespace tessera
