// ExampleForm: how a text, or a pair of texts, becomes the tokens that a model reads: which special
// tokens stand around and between the texts, and how what is too long is cut.
#pragma once

#include <span>
#include <vector>

#include "framework/tokenizer/post_processor.h"
#include "framework/tokenizer/tokenizer.h"

namespace tessera {

struct ExampleTokens {
  std::vector<int32_t> ids;
  std::vector<int32_t> segments;  // 0, or 1 for the second text
  size_t uncut = 0;               // tokens before anything was cut
};

class ExampleForm {
 public:
  /// The form that the tokenizer's files state. Where they state none: [CLS] a [SEP] b [SEP] when
  /// it has these tokens, else the token that begins a text, if any, and between two texts the one
  /// that ends a text, if any. Throws UserError when `length` has no room for a text.
  ExampleForm(const Tokenizer& tokenizer, int64_t length);

  /// Puts one text or two together. What does not fit is cut off the end of the longer text, and
  /// off both when they are alike (as `longest_first` of Hugging Face's tokenizers does).
  ExampleTokens make(std::span<const int32_t> first) const;
  ExampleTokens make(std::span<const int32_t> first, std::span<const int32_t> second) const;

  int64_t length() const { return length_; }
  const PostProcessor& parts() const { return parts_; }
  /// Special tokens of one text, and of two.
  size_t specials(bool pair) const;

 private:
  PostProcessor parts_;
  int64_t length_;
};

}  // namespace tessera
