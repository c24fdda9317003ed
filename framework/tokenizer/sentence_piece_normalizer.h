// SentencePieceNormalizer changes a text as SentencePiece 0.2.3 does before it cuts it into pieces.
// Spaces stay spaces here: where the file has them written as U+2581 ("▁"), that character in a text
// becomes a space too, since the two are one to the model, and a space is one byte.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "framework/tokenizer/double_array.h"
#include "framework/tokenizer/sentence_piece_file.h"

namespace tessera {

/// A charsmap: rules from byte strings to texts, of which the longest that fits is applied. In the
/// file it is a double array in the form of the library Darts-clone, and the texts, each closed by
/// a zero byte.
class Charsmap {
 public:
  Charsmap() = default;
  /// Throws UserError, which begins with `what`, when the bytes are no charsmap.
  Charsmap(std::string_view bytes, const std::string& what);

  bool empty() const { return units_.empty(); }

  struct Match {
    size_t bytes = 0;  // 0: no rule begins there
    std::string_view text;
  };
  /// Throws UserError for a rule that is longer than any sound one.
  Match longest(std::string_view text, size_t at) const;

  /// Whether an ASCII byte stands for itself wherever another ASCII byte, or none, follows.
  bool keeps(unsigned char byte) const;
  /// Whether some rule may have a space in what it replaces, at any place.
  bool any_replaces_space() const;

 private:
  std::vector<uint32_t> units_;
  std::string texts_;
};

class SentencePieceNormalizer {
 public:
  SentencePieceNormalizer() = default;
  /// `kept` are strings that no rule changes (the user-defined pieces).
  SentencePieceNormalizer(const SentencePieceFile::Rules& rules,
                          const std::vector<std::string_view>& kept, const std::string& what);

  /// Puts the normalized text into `out`. Where the text goes on from an earlier part, `begins` is
  /// false: nothing is put or removed in front. Throws UserError where rules make a text many times
  /// longer.
  void apply(std::string_view text, bool begins, std::string& out) const;

  const SentencePieceFile::Rules& rules() const { return rules_; }
  /// Whether a space after this byte is a space of the normalized text, whatever stands around.
  bool space_after_is_kept(unsigned char byte) const;

 private:
  struct Step {
    size_t bytes = 0;  // of the text
    std::string_view made;
  };
  Step step(std::string_view text, size_t at) const;
  void append(std::string_view made, std::string& out) const;
  size_t plain_run(std::string_view text, size_t at) const;

  SentencePieceFile::Rules rules_;  // without the charsmap's bytes
  Charsmap charsmap_;
  DoubleArray kept_;
  std::array<bool, 256>
      plain_{};  // ASCII bytes but the space that stand for themselves before ASCII
  std::array<bool, 256> begins_kept_{};
  bool space_is_plain_ = true, kept_have_space_ = false;
};

}  // namespace tessera
