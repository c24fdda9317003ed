// Pipeline is a tokenizer put together from parts, as in a tokenizer.json: added tokens are found,
// the text between them is normalized and cut into pieces, the model turns each piece into ids.
// Where ids of a piece depend on the piece alone, they are kept in the caller's WordCache.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "framework/tokenizer/added_tokens.h"
#include "framework/tokenizer/bpe.h"
#include "framework/tokenizer/decoder.h"
#include "framework/tokenizer/encode_options.h"
#include "framework/tokenizer/normalizer.h"
#include "framework/tokenizer/post_processor.h"
#include "framework/tokenizer/pre_tokenizer.h"
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
};

class Pipeline {
 public:
  explicit Pipeline(PipelineParts parts);

  const PipelineParts& parts() const { return parts_; }
  void encode(std::string_view text, const EncodeOptions& options, WordCache& cache,
              std::vector<int32_t>& ids) const;
  std::string decode(std::span<const int32_t> ids) const;
  /// The token of an id as the files spell it; empty where there is none.
  std::string_view token(int32_t id) const;
  int32_t vocab_size() const { return vocab_size_; }
  const SpecialTokens& special() const { return parts_.special; }

 private:
  void encode_segment(std::string_view text, const EncodeOptions& options, WordCache& cache,
                      std::vector<int32_t>& ids) const;

  PipelineParts parts_;
  int32_t vocab_size_ = 0;
};

}  // namespace tessera
