// tekken.json, Mistral's form of a ranked vocabulary: tokens with their bytes in base64, the
// expression that cuts text, and special tokens, whose ids come first. Ids are those of
// mistral-common 1.13.1.
#pragma once

#include <string>

#include "framework/tokenizer/files.h"
#include "framework/tokenizer/pipeline.h"

namespace tessera {

bool holds_tekken(const TokenizerFiles& files);
/// Throws UserError, which begins with `where`.
PipelineParts read_tekken(const TokenizerFiles& files, const std::string& where);

}  // namespace tessera
