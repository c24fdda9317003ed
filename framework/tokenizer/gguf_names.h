// What GGUF files call the tokens of a vocabulary (https://github.com/ggml-org/ggml, docs/gguf.md);
// files are read and written by these tables.
#pragma once

#include <array>
#include <cstdint>

#include "framework/tokenizer/special_tokens.h"

namespace tessera {

/// What a token is for; the numbers are those of SentencePiece's files.
enum class GgufTokenKind : int32_t {
  normal = 1,
  unknown = 2,
  control = 3,
  user_defined = 4,
  unused = 5,
  byte = 6,
};

/// A special token: its name in tokenizer_config.json, and the key below "tokenizer.ggml." that has
/// its id.
struct GgufRole {
  const char *name, *key;
  int32_t SpecialTokens::*id;
};
inline constexpr std::array<GgufRole, 7> kGgufRoles{
    {{"bos_token", "bos_token_id", &SpecialTokens::begin_of_text},
     {"eos_token", "eos_token_id", &SpecialTokens::end_of_text},
     {"unk_token", "unknown_token_id", &SpecialTokens::unknown},
     {"pad_token", "padding_token_id", &SpecialTokens::pad},
     {"sep_token", "seperator_token_id", &SpecialTokens::sep},  // so spelled in the format
     {"cls_token", "cls_token_id", &SpecialTokens::cls},
     {"mask_token", "mask_token_id", &SpecialTokens::mask}}};

}  // namespace tessera
