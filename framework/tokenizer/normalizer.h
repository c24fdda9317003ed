// Normalizer changes a text before it is cut into pieces: the "normalizer" of a tokenizer.json. It
// is a list of steps, carried out in order. Every step follows tokenizers 0.23.3, whose tables of
// characters are of several Unicode versions (unicode.h).
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "framework/tokenizer/regex.h"

namespace tessera {

class GraphemeMap;

/// A Unicode normalization form, by the tables of Unicode 9 (see unicode.h).
struct UnicodeForm {
  enum class Kind { nfd, nfc, nfkd, nfkc } kind;
};
struct LowerCase {};
struct StripAccents {};
/// Removes white space at the ends.
struct StripEnds {
  bool left = true, right = true;
};
/// Replaces every match of `pattern`.
struct ReplaceText {
  Pattern pattern;
  std::string content;
};
/// Puts `text` before a text that is not empty.
struct PrependText {
  std::string text;
};
/// What BERT does: control characters removed and white space made spaces, spaces around CJK
/// characters, accents stripped, lower case.
struct BertNormalizer {
  bool clean_text = true, cjk_characters = true, strip_accents = true, lower_case = true;
};
/// SentencePiece's "nmt" rules: control characters removed, kinds of white space made spaces.
struct NmtNormalizer {};
/// SentencePiece's charsmap as tokenizers applies it: grapheme by grapheme (tokenizers #2116).
struct PrecompiledMap {
  std::string charsmap;  // the binary form
};
/// Each byte becomes the character that stands for it in byte-level vocabularies.
struct ByteCharacters {};

using NormalizerStep =
    std::variant<UnicodeForm, LowerCase, StripAccents, StripEnds, ReplaceText, PrependText,
                 BertNormalizer, NmtNormalizer, PrecompiledMap, ByteCharacters>;

class Normalizer {
 public:
  Normalizer() = default;
  /// Throws UserError when a charsmap is damaged.
  explicit Normalizer(std::vector<NormalizerStep> steps);

  bool empty() const { return steps_.empty(); }
  const std::vector<NormalizerStep>& steps() const { return steps_; }
  /// Changes valid UTF-8 in place. Throws UserError where the reference fails, too: a pattern passes
  /// its limits.
  void apply(std::string& text) const;

 private:
  std::vector<NormalizerStep> steps_;
  std::vector<std::shared_ptr<const GraphemeMap>> maps_;  // by step
};

}  // namespace tessera
