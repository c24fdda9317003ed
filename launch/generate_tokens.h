// The tokens that end a text, as a model knows them.
#pragma once

#include <cstdint>
#include <vector>

#include "launch/source.h"

namespace tessera {

/// The marks of the model's documents, and for a model of another program the tokens that its config.json and generation_config.json name as eos_token_id.
std::vector<int32_t> ending_tokens(const ModelSource& source);

}  // namespace tessera
