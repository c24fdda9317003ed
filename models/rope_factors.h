// Llama 3's scaling of rotary positions as GGUF files state it: a tensor of what each rate is
// divided by, beside no word in the metadata.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "framework/config/config.h"

namespace tessera {

/// The factors of a model with `rope_scaling: llama3`, for each pair of a head.
std::vector<float> rope_factors(const ModelConfig& model);

/// The keys of ours that give these factors, as "model.rope_factor=8"; none where all are 1. Of the
/// contexts and turns that give the same factors it states 8192, and 1 and 4 where these fit. Throws
/// UserError, which begins with `where`, when no such scaling gives them.
std::vector<std::string> settings_of_rope_factors(std::span<const float> factors, double base,
                                                  const std::string& where);

}  // namespace tessera
