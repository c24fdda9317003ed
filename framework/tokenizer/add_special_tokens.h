// Adds special tokens to the files of a tokenizer, so that other programs see them, too: behind all
// tokens that are there, whose ids stay the same.
#pragma once

#include <string>
#include <vector>

#include "framework/tokenizer/files.h"
#include "framework/tokenizer/tokenizer.h"

namespace tessera {

struct SpecialTokensToAdd {
  std::vector<std::string> tokens{};
  std::string mask{};  // added, too, and made the mask token; empty: none
};

/// Those of the tokens to add that are ordinary tokens now: made special, they are no longer found in
/// texts nor decoded.
std::vector<std::string> ordinary_tokens(const Tokenizer& tokenizer,
                                         const SpecialTokensToAdd& added);

/// The files with the tokens. Those of a usual name ([CLS], <pad>, …) get the role of that name where
/// no other token has it; those that are special tokens already are left alone. Throws UserError,
/// which begins with `where`, for files of kinds that have no room for them.
TokenizerFiles add_special_tokens(const TokenizerFiles& files, const SpecialTokensToAdd& added,
                                  const std::string& where);

}  // namespace tessera
