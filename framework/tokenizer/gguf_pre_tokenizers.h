// The ways in which GGUF files with a tokenizer of bytes have texts cut, by the name that stands in
// "tokenizer.ggml.pre".
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "framework/tokenizer/pre_tokenizer.h"

namespace tessera {

struct GgufPreTokenizer {
  nlohmann::json part;              // the "pre_tokenizer" of a tokenizer.json
  bool whole_pieces_first = false;  // a piece that is a token is that token, whatever merges give
  bool opens_texts = false;         // the bos token stands before texts unless the file says no
};

/// The name to write for a byte-level pre-tokenizer, whose BPE takes whole pieces first or not; empty
/// where there is none.
std::string_view gguf_pre_tokenizer_name(const PreTokenizer& pre_tokenizer,
                                         bool whole_pieces_first);
/// All names that are written, for messages.
std::string written_gguf_pre_tokenizers();

/// Throws UserError, which begins with `what`, for a name that is empty or not known.
GgufPreTokenizer gguf_pre_tokenizer(const std::string& name, const std::string& what);

}  // namespace tessera
