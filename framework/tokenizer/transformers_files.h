// The files of a tokenizer as the AutoTokenizer of transformers 4.57 and 5 reads them. Most are
// that already. Without a class in tokenizer_config.json transformers takes the one that is usual for
// the model, and that class has rules of its own for cutting texts; files that have other names than
// transformers asks for are not found.
#pragma once

#include <string>
#include <vector>

#include "framework/tokenizer/files.h"
#include "framework/tokenizer/tokenizer.h"

namespace tessera {

/// What the files may lack.
struct TransformersNeeds {
  int64_t most_tokens = 0;  // of a text; 0: not said
  bool begins = false;      // whether texts begin with the token that begins them, by a `.model`
};

/// The files, named so, with the class stated; ranks (tiktoken, tekken) become a tokenizer.json. What
/// the user should know is added to `notes`. Throws UserError, which begins with `where`, for ranks
/// with an expression that a tokenizer.json cannot hold.
TokenizerFiles transformers_files(const Tokenizer& tokenizer, const TransformersNeeds& needs,
                                  const std::string& where, std::vector<std::string>& notes);

}  // namespace tessera
