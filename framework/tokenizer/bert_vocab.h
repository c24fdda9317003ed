// BERT's vocab.txt, a token in each line, and the tokenizer that transformers 5.24.0 (BertTokenizer)
// makes of it and of the tokenizer_config.json beside it.
#pragma once

#include <string>

#include "framework/tokenizer/files.h"
#include "framework/tokenizer/pipeline.h"

namespace tessera {

bool holds_bert_vocab(const TokenizerFiles& files);
/// Throws UserError, which begins with `where`, the path of the folder or the file.
PipelineParts read_bert_vocab(const TokenizerFiles& files, const std::string& where);

}  // namespace tessera
