// PreTokenizer cuts a normalized text into the pieces that the model sees one by one: the
// "pre_tokenizer" of a tokenizer.json. It is a list of steps; each cuts every piece further. Every
// step follows tokenizers 0.23.3.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "framework/tokenizer/pieces.h"
#include "framework/tokenizer/regex.h"
#include "framework/tokenizer/scanner.h"

namespace tessera {

/// What becomes of the matches of a pattern that cuts: the reference's SplitDelimiterBehavior.
enum class Delimiter { removed, isolated, merged_with_previous, merged_with_next, contiguous };

struct SplitStep {
  Pattern pattern;
  Delimiter delimiter;
  bool invert = false;
  std::optional<Scanner> scanner;  // does the same work where the pattern is a known one
};
/// GPT-2's expression, and bytes as the alphabet of the model.
struct ByteLevelStep {
  bool add_prefix_space = true, use_regex = true;
};
struct DigitsStep {
  bool individual = false;
};
struct PunctuationStep {
  Delimiter delimiter = Delimiter::isolated;
};
struct WhitespaceStep {};       // \w+|[^\w\s]+
struct WhitespaceSplitStep {};  // at white space alone
struct BertStep {};
struct MetaspaceStep {
  std::string replacement = "▁";
  enum class Prepend { always, first, never } prepend = Prepend::always;
  bool split = true;
};
struct CharDelimiterStep {
  char32_t delimiter;
};
struct UnicodeScriptsStep {};
struct FixedLengthStep {
  size_t characters;
};

using PreTokenizerStep = std::variant<SplitStep, ByteLevelStep, DigitsStep, PunctuationStep,
                                      WhitespaceStep, WhitespaceSplitStep, BertStep, MetaspaceStep,
                                      CharDelimiterStep, UnicodeScriptsStep, FixedLengthStep>;

class PreTokenizer {
 public:
  PreTokenizer() = default;
  explicit PreTokenizer(std::vector<PreTokenizerStep> steps);

  const std::vector<PreTokenizerStep>& steps() const { return steps_; }
  /// Whether the pieces are raw bytes, which the model's vocabulary spells in byte-level characters.
  bool byte_level() const;
  /// Cuts every piece of the list. `begins` says whether the first piece begins the text.
  void cut(Pieces& pieces, bool begins) const;

 private:
  std::vector<PreTokenizerStep> steps_;
};

}  // namespace tessera
