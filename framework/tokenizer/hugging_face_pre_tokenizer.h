// The "pre_tokenizer" of a tokenizer.json.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "framework/tokenizer/pre_tokenizer.h"

namespace tessera {

/// Throws UserError, which begins with `what`, for a type or an option that is not known. A null part
/// cuts nothing.
PreTokenizer parse_pre_tokenizer(const nlohmann::json& part, const std::string& what);

}  // namespace tessera
