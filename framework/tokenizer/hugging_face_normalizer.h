// The "normalizer" of a tokenizer.json.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "framework/tokenizer/normalizer.h"

namespace tessera {

/// Throws UserError, which begins with `what`. A null part changes nothing.
Normalizer parse_normalizer(const nlohmann::json& part, const std::string& what);

}  // namespace tessera
