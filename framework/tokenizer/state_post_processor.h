// Writes into a tokenizer.json which special tokens stand around a text, so that other programs put
// them there, too.
#pragma once

#include <string>

#include "framework/tokenizer/files.h"
#include "framework/tokenizer/tokenizer.h"

namespace tessera {

/// The tokenizer's files with `form` as the post_processor of their tokenizer.json. Throws UserError,
/// which begins with `where`, for files of other kinds.
TokenizerFiles with_post_processor(const Tokenizer& tokenizer, const PostProcessor& form,
                                   const std::string& where);

}  // namespace tessera
