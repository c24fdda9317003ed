// The expressions that cut texts for byte-level BPE, by their names in llama.cpp (src/llama-vocab.cpp).
#pragma once

#include <string>
#include <string_view>

#include "framework/tokenizer/pre_tokenizer.h"

namespace tessera {

/// The name for a byte-level pre-tokenizer, whose BPE passes over its merges where a piece is a
/// token (`ignores_merges`); empty where there is none.
std::string_view ggml_expression(const PreTokenizer& pre_tokenizer, bool ignores_merges);

/// All names, for messages.
std::string ggml_expression_names();

}  // namespace tessera
