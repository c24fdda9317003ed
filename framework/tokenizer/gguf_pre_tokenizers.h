// The ways in which GGUF files with a tokenizer of bytes have texts cut, by the name that stands in
// "tokenizer.ggml.pre".
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace tessera {

struct GgufPreTokenizer {
  nlohmann::json part;              // the "pre_tokenizer" of a tokenizer.json
  bool whole_pieces_first = false;  // a piece that is a token is that token, whatever merges give
  bool opens_texts = false;         // the bos token stands before texts unless the file says no
};

/// Throws UserError, which begins with `what`, for a name that is empty or not known.
GgufPreTokenizer gguf_pre_tokenizer(const std::string& name, const std::string& what);

}  // namespace tessera
