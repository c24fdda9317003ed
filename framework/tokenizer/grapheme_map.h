// GraphemeMap applies a charsmap of SentencePiece as the Precompiled step of tokenizers 0.23.3 does: a
// grapheme cluster of fewer than six bytes becomes what the shortest rule that begins it says, as a
// whole; in other clusters every character does so. SentencePiece itself takes the longest rule at
// every byte (sentence_piece_normalizer.h): the two differ on decomposed Hangul (tokenizers #2116).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

class GraphemeMap {
 public:
  /// Throws UserError when the bytes are no charsmap.
  explicit GraphemeMap(std::string_view charsmap);

  /// Changes valid UTF-8 in place. Throws UserError where more than `most` bytes are made of it.
  void apply(std::string& text, size_t most) const;

 private:
  /// What the shortest rule that begins `part` gives.
  std::optional<std::string_view> rule(std::string_view part) const;

  std::vector<uint32_t> units_;
  std::string texts_;
};

}  // namespace tessera
