// tiktoken's rank files: a line for each token, its bytes in base64 and its rank. Any name will do;
// such files are known by their content. The file says neither how text is cut nor which special
// tokens there are: the encodings of OpenAI, Llama, Qwen and Whisper are known by their tokens,
// others need a file tiktoken.json beside it: {"pattern": "…", "special_tokens": {"<|end|>": 1000}}.
// Ids are those of tiktoken 0.14.0.
#pragma once

#include <string>
#include <vector>

#include "framework/tokenizer/files.h"
#include "framework/tokenizer/pipeline.h"

namespace tessera {

/// Whether one of the files holds ranks.
bool holds_ranks(const TokenizerFiles& files);
/// The files of a folder that each make such a tokenizer, by their names.
std::vector<std::string> rank_file_names(const TokenizerFiles& files);
/// Throws UserError, which begins with `where` and the file's name.
PipelineParts read_tiktoken(const TokenizerFiles& files, const std::string& where);

/// A tokenizer of ranked tokens, ids as in the vocabulary, that `expression` (fancy-regex) cuts for.
PipelineParts ranked_pipeline(Vocabulary vocabulary, const std::string& expression,
                              std::vector<AddedToken> specials, const std::string& what);

}  // namespace tessera
