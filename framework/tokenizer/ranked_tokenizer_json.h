// Writes ranks (the form of tiktoken and tekken) as a tokenizer.json. In that form any two
// neighbours merge whose bytes together are a token, the one of the lowest rank first; a
// tokenizer.json lists the merges. Expressions are written for fancy-regex there, for Oniguruma here.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "framework/tokenizer/pipeline.h"

namespace tessera {

/// Throws UserError, which begins with `where`, when the expression means something else there.
std::string ranked_tokenizer_json(const Pipeline& ranks, const std::string& where);

/// The expression with "\z" for "$", the end of a text, which is that of a line in Oniguruma, and
/// "{1,3}" for "{1,3}+", which repeats the repetition there. Nothing where the latter would change
/// what matches: where more of its alternative follows.
std::optional<std::string> oniguruma_expression(std::string_view fancy);

}  // namespace tessera
