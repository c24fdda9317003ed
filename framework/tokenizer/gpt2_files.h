// GPT-2's two files, vocab.json and merges.txt (or encoder.json and vocab.bpe), and the tokenizer
// that transformers 5.24.0 (GPT2Tokenizer, RobertaTokenizer) makes of them and of the
// tokenizer_config.json beside them.
#pragma once

#include <string>

#include "framework/tokenizer/files.h"
#include "framework/tokenizer/pipeline.h"

namespace tessera {

bool holds_gpt2_files(const TokenizerFiles& files);
/// Throws UserError, which begins with `where`, the path of the folder or the file.
PipelineParts read_gpt2_files(const TokenizerFiles& files, const std::string& where);

}  // namespace tessera
