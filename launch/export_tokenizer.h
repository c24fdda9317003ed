// The files of a model's tokenizer as transformers reads them, with what the model's training says.
#pragma once

#include <string>
#include <vector>

#include "framework/tokenizer/tokenizer.h"
#include "launch/source.h"

namespace tessera {

/// Those of a classifier state the special tokens that it was trained with. `model_max_length` is
/// the length that a classifier's texts were cut to, and at most the model's context. Adds to
/// `notes` what the user should know. Throws UserError where the files have no room for it.
TokenizerFiles exported_tokenizer(const ModelSource& source, const OutsideFamily& family,
                                  std::vector<std::string>& notes);

/// The `model_max_length` that the tokenizer's files state; 0 where they state none that counts.
int64_t stated_length(const Tokenizer& tokenizer);

}  // namespace tessera
