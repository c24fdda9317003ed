// The "added_tokens" of a tokenizer.json.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "framework/tokenizer/added_tokens.h"

namespace tessera {

/// The tokens in the order of the file, with the ids that it names. Throws UserError, which begins
/// with `what`, for an option that is missing or not known.
std::vector<AddedToken> parse_added_tokens(const nlohmann::json& list, const std::string& what);

}  // namespace tessera
