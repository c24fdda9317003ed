// A tokenizer.json, the file of Hugging Face's tokenizers (0.23.3). Truncation and padding that it
// asks for are left out: they are of its user's texts, not of a corpus. A tokenizer_config.json
// beside it says which tokens have which role.
#pragma once

#include <string>

#include "framework/tokenizer/files.h"
#include "framework/tokenizer/pipeline.h"

namespace tessera {

/// Whether a tokenizer.json is among the files, or one of another name is the only file of its kind.
bool holds_hugging_face(const TokenizerFiles& files);
/// Throws UserError, which begins with `where`, the path of the folder or the file.
PipelineParts read_hugging_face(const TokenizerFiles& files, const std::string& where);

}  // namespace tessera
