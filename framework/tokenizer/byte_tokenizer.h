// Bytes as tokens: ids 0..255 are the byte values, 256..260 are end-of-document, pad, cls, sep and
// mask. Every file can be encoded and every encoding decodes to the same bytes, with no table to
// keep. The vocabulary is 261 and not rounded up: padding the embedding to a size that a kernel
// likes is the model's business, not the data's.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "framework/tokenizer/encode_options.h"
#include "framework/tokenizer/special_tokens.h"
#include "framework/tokenizer/word_cache.h"

namespace tessera {

class ByteTokenizer {
 public:
  static constexpr std::string_view kType = "byte";
  static constexpr int32_t kVocabSize = 261;

  void encode(std::string_view text, const EncodeOptions& options, WordCache& cache,
              std::vector<int32_t>& ids) const;
  std::string decode(std::span<const int32_t> ids) const;
  /// The byte itself, or the special token's name in <>.
  std::string token(int32_t id) const;
  bool is_special(int32_t id) const { return id >= 256; }
  bool keeps_text() const { return true; }
  int32_t vocab_size() const { return kVocabSize; }
  SpecialTokens special() const {
    return {.end_of_document = 256, .pad = 257, .cls = 258, .sep = 259, .mask = 260};
  }
  /// A byte's id depends on no other byte.
  size_t safe_cut(std::string_view text) const { return text.size(); }
  std::string description() const;

  /// Words are runs of ASCII letters and digits, `_`, and bytes of multi-byte UTF-8 characters.
  bool continues_word(int32_t previous, int32_t id) const;
  /// A sentence ends with its line, or with `.`, `!` or `?` before white space.
  bool ends_sentence(int32_t id, int32_t next) const;
};

}  // namespace tessera
