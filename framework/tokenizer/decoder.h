// Decoder turns tokens back into text: the "decoder" of a tokenizer.json. It is a list of steps;
// each changes the list of tokens, which are joined at the end. Every step follows tokenizers
// 0.23.3, but that bytes which are no UTF-8 are kept, where the reference puts U+FFFD.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "framework/tokenizer/regex.h"

namespace tessera {

struct ByteLevelDecoder {};
struct WordPieceDecoder {
  std::string prefix = "##";
  bool cleanup = true;  // no spaces before punctuation and English short forms
};
struct MetaspaceDecoder {
  std::string replacement = "▁";
  bool strips_first = true;  // the space that prepending made
};
struct BpeDecoder {
  std::string suffix = "</w>";
};
struct ByteFallbackDecoder {};
struct FuseDecoder {};
struct StripDecoder {
  char32_t content = ' ';
  size_t start = 0, stop = 0;
};
struct ReplaceDecoder {
  Pattern pattern;
  std::string content;
};
struct CtcDecoder {
  std::string pad, word_delimiter;
  bool cleanup = true;
};

using DecoderStep =
    std::variant<ByteLevelDecoder, WordPieceDecoder, MetaspaceDecoder, BpeDecoder,
                 ByteFallbackDecoder, FuseDecoder, StripDecoder, ReplaceDecoder, CtcDecoder>;

class Decoder {
 public:
  Decoder() = default;
  explicit Decoder(std::vector<DecoderStep> steps) : steps_(std::move(steps)) {}

  const std::vector<DecoderStep>& steps() const { return steps_; }
  /// Whether the text is the bytes that the tokens' byte-level characters stand for, and no more.
  bool joins_bytes() const;
  /// The text of `tokens`, as the files spell them; without any step they are joined by spaces, as
  /// the reference does.
  std::string apply(std::vector<std::string> tokens) const;

 private:
  std::vector<DecoderStep> steps_;
};

}  // namespace tessera
