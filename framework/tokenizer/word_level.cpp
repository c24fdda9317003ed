#include "framework/tokenizer/word_level.h"

#include <utility>

#include "framework/core/error.h"
#include "framework/core/shortened.h"

namespace tessera {

WordLevel::WordLevel(Vocabulary vocabulary, const std::string& unknown)
    : vocabulary_(std::move(vocabulary)), unknown_(vocabulary_.find(unknown)) {}

void WordLevel::encode(std::string_view piece, std::vector<int32_t>& ids) const {
  const int32_t id = vocabulary_.find(piece);
  require(id >= 0 || unknown_ >= 0,
          "the word '{}' is not in the vocabulary, which has no token for unknown words either",
          shortened(piece, 100));
  ids.push_back(id >= 0 ? id : unknown_);
}

}  // namespace tessera
