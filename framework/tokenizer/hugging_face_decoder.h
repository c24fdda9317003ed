// The "decoder" of a tokenizer.json.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "framework/tokenizer/decoder.h"

namespace tessera {

/// Throws UserError, which begins with `what`. Without a decoder, tokens are joined by spaces.
Decoder parse_decoder(const nlohmann::json& part, const std::string& what);

}  // namespace tessera
