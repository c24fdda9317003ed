// The "model" of a tokenizer.json, and what the reference makes of its added tokens.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "framework/tokenizer/added_tokens.h"
#include "framework/tokenizer/hugging_face_json.h"
#include "framework/tokenizer/pipeline.h"

namespace tessera {

struct HuggingFaceModel {
  TokenModel model;
  int64_t tokens = 0;  // entries of the vocabulary, which may have holes
  /// Whether the file spells bytes as characters (byte_level.h); the model then holds raw bytes.
  bool bytes = false;
  /// Tokens with a character that spells no byte. No text gives them, so the model lacks them.
  std::unordered_map<std::string, int32_t> unmatched{};

  const Vocabulary& vocabulary() const;
  /// The id of a token as the file spells it, or -1.
  int32_t find(std::string_view spelled) const;
};

/// Moves the lists of `file` into a model. `bytes` says whether the pre-tokenizer makes the pieces
/// bytes. Throws UserError, which begins with `what`.
HuggingFaceModel make_model(HuggingFaceJson& file, bool bytes, const std::string& what);
/// Vocabulary and merges of a byte-level model without further options.
HuggingFaceModel make_byte_level_model(HuggingFaceJson::Ids ids, HuggingFaceJson::Merges merges,
                                       const std::string& what);

/// Numbers the tokens as the reference does: one of the vocabulary keeps its id, the others follow
/// the vocabulary in their order. Tokens without text are dropped. Throws UserError when a token has
/// another id in the file (-1 is none), is given twice, or takes the id of another.
std::vector<AddedToken> number_added_tokens(const std::vector<AddedToken>& tokens,
                                            const HuggingFaceModel& model, const std::string& what);

}  // namespace tessera
