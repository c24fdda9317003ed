// Pipeline is a tokenizer put together from parts, as in a tokenizer.json: added tokens are found,
// the text between them is normalized and cut into pieces, and the model turns each piece into ids.
// The ids of a piece depend on the piece alone, and are kept in the caller's WordCache. Two common
// forms are quicker: pieces of a scanner go straight from the text to the cache, and in BERT's
// pipeline the cached words are those between ASCII spaces and punctuation, before anything is
// normalized.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "framework/tokenizer/added_tokens.h"
#include "framework/tokenizer/bpe.h"
#include "framework/tokenizer/decoder.h"
#include "framework/tokenizer/encode_options.h"
#include "framework/tokenizer/normalizer.h"
#include "framework/tokenizer/post_processor.h"
#include "framework/tokenizer/pre_tokenizer.h"
#include "framework/tokenizer/scanner.h"
#include "framework/tokenizer/special_tokens.h"
#include "framework/tokenizer/unigram.h"
#include "framework/tokenizer/word_cache.h"
#include "framework/tokenizer/word_level.h"
#include "framework/tokenizer/word_piece.h"

namespace tessera {

using TokenModel = std::variant<Bpe, WordPiece, WordLevel, Unigram>;

struct PipelineParts {
  AddedTokens added;
  Normalizer normalizer;
  PreTokenizer pre_tokenizer;
  TokenModel model;
  PostProcessor post_processor;
  Decoder decoder;
  SpecialTokens special;
  // Of byte-level vocabularies: tokens with a character that spells no byte. No text has them; they
  // are decoded as they are written.
  std::unordered_map<int32_t, std::string> written{};
  int64_t cut_to = 0;  // tokens to which its file has a text cut, which is never done here; 0: none
};

class Pipeline {
 public:
  explicit Pipeline(PipelineParts parts);

  const PipelineParts& parts() const { return parts_; }
  /// Appends the ids of `text`. Byte-level pipelines take any bytes; the others see U+FFFD in place
  /// of what is no UTF-8.
  void encode(std::string_view text, const EncodeOptions& options, WordCache& cache,
              std::vector<int32_t>& ids) const;
  /// The text of `ids`; special tokens stand for none.
  std::string decode(std::span<const int32_t> ids) const;

  int32_t vocab_size() const { return vocab_size_; }
  const SpecialTokens& special() const { return parts_.special; }
  bool is_special(int32_t id) const;
  /// The token of an id, as the model holds it; empty where it has none.
  std::string_view token(int32_t id) const;
  bool byte_level() const { return byte_level_; }
  bool keeps_text() const;
  /// See Tokenizer::safe_cut.
  size_t safe_cut(std::string_view text) const;

 private:
  class Encoding;  // one call of encode()
  std::optional<Scanner> lone_scanner() const;
  bool words_stand_alone() const;

  PipelineParts parts_;
  int32_t vocab_size_ = 0;
  bool byte_level_ = false;
  std::optional<Scanner> scanner_;  // all of the cutting, where nothing is normalized
  bool whole_words_ = false;        // BERT's words may be cached as they are written
};

}  // namespace tessera
